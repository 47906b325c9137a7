# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# Downloads from any suite of the distribution's archive without touching what
# apt knows of this machine: signatures are checked, nothing is installed.
# Sourced after common.sh, with $arch and $suite set.
# shellcheck disable=SC2154 # they are the sourcing script's

# Prints the archive address that apt is configured with for SUITE. apt reads
# its own sources, so every format that it accepts works here.
mirror()
{
	. /etc/os-release
	case $1 in
	*-security) like="$VERSION_CODENAME-security" ;;
	*) like=$VERSION_CODENAME ;;
	esac
	# shellcheck disable=SC2016 # apt fills these in
	address=$(apt-get indextargets --no-release-info \
		--format '$(RELEASE) $(REPO_URI)' 'Created-By: Packages' |
		awk -v like="$like" '$1 == like { print $2; exit }')
	[ -n "$address" ] || die "apt has no source for suite '$like'," \
		"so there is no mirror to take '$1' from;" \
		"add one to /etc/apt/sources.list.d"
	printf '%s\n' "$address"
}

# Runs an apt tool on a state of its own, so that neither this machine's list
# of packages nor its set of architectures is touched. Its keys and its proxy
# settings stay in force.
private_apt()
{
	tool=$1
	shift
	"$tool" -o Dir::State="$apt" -o Dir::State::status="$apt/status" \
		-o Dir::Cache="$apt" -o Dir::Cache::pkgcache=pkgcache.bin \
		-o Dir::Etc::sourcelist="$apt/sources.list" \
		-o Dir::Etc::sourceparts=/dev/null \
		-o Dir::Etc::preferences=/dev/null \
		-o Dir::Etc::preferencesparts=/dev/null \
		-o APT::Architecture="$arch" \
		-o APT::Architectures="$apt_architectures" \
		-o APT::Sandbox::User= "$@"
}

# Makes that state in the given folder, for $arch and $suite.
set_up_apt()
{
	apt=$1
	apt_architectures=$arch
	# Programs that run during a module build must be of this machine.
	[ "$arch" = "$host_arch" ] || apt_architectures=$arch,$host_arch
	mkdir -p "$apt/lists/partial" "$apt/archives/partial"
	: >"$apt/status"
	keys=/usr/share/keyrings/debian-archive-keyring.gpg
	from=$(mirror "$suite")
	echo "deb [signed-by=$keys] $from $suite main" >"$apt/sources.list"
	private_apt apt-get -qq update
}

# Downloads packages of $suite with all that they depend on and unpacks them as
# $new/root, where $new is an empty folder. They are not installed: none of
# their own scripts runs, and no privilege is needed.
unpack_packages()
{
	arch=$host_arch
	set_up_apt "$new/apt"
	private_apt apt-get -qq -y --no-install-recommends --download-only \
		install base-files "$@" >"$new/log" 2>&1 || {
		cat "$new/log" >&2
		die "could not fetch $* of $suite"
	}
	mkdir "$new/root"
	# Holds the links that make /bin and /lib parts of /usr.
	dpkg -x "$new"/apt/archives/base-files_*.deb "$new/root"
	for deb in "$new"/apt/archives/*.deb; do
		dpkg --fsys-tarfile "$deb" | tar -x -C "$new/root" \
			--keep-directory-symlink --exclude='./usr/share/doc/*' \
			--exclude='./usr/share/man/*' --exclude='./usr/share/locale/*'
	done
	chmod 755 "$new/root"
}

# get_source PACKAGE FOLDER [FILE...]: downloads a package linux-source-*, after
# set_up_apt, and unpacks the kernel's tree in it, or these files of that, into FOLDER,
# which is there. Sets source_version.
get_source()
{
	package=$1 folder=$2
	shift 2
	for file; do
		set -- "$@" "$package/$file"
		shift
	done
	(cd "$apt/archives" && private_apt apt-get -qq download "$package")
	# shellcheck disable=SC2034 # for who calls
	source_version=$(dpkg-deb -f "$apt/archives/$package"_*.deb Version)
	dpkg --fsys-tarfile "$apt/archives/$package"_*.deb |
		tar -x -O "./usr/src/$package.tar.xz" |
		tar -x -J -C "$folder" --strip-components 1 "$@"
}
