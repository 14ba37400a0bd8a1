#!/usr/bin/env bash
# packaging/build-deb.sh REVISION DIRECTORY: a package for Debian 12 of what is committed, from the same wheels
# everywhere (packaging/requirements.lock). Called by `make deb`.
#   PYTHON   a python3.11 with pip; what is built runs on Debian's own, /usr/bin/python3.11
#   VENV     the development environment, which has setuptools and this mailbot
set -euo pipefail
export LC_ALL=C.UTF-8
umask 022
revision=$1 out=$(realpath -m "$2")
python=${PYTHON:-python3.11} venv=$(realpath "${VENV:-.venv}")
cd "$(dirname "$0")/.."
[ -x /usr/bin/python3.11 ] || { echo "build-deb.sh: install first: apt-get install python3.11" >&2; exit 2; }
export SOURCE_DATE_EPOCH
SOURCE_DATE_EPOCH=$(git log -1 --format=%ct)

work=$(mktemp -d "${TMPDIR:-/tmp}/mailbot-deb.XXXXXX")
trap 'rm -rf "$work"' EXIT
source=$work/source root=$work/root
mkdir "$source" "$root"
git archive HEAD | tar -x -C "$source"
VENV=$venv packaging/build-wheel.sh "$work"
cd "$source"
pip=("$python" -m pip --disable-pip-version-check --quiet)
version=$(sed -n 's/^version = "\(.*\)"$/\1/p' pyproject.toml)-$revision

# -- the environment, as `venv` would make it, at its place in the package -------------------------------------
env=$root/usr/lib/mailbot
mkdir -p "$env/bin" "$env/lib/python3.11/site-packages"
ln -s /usr/bin/python3.11 "$env/bin/python"
printf 'home = /usr/bin\ninclude-system-site-packages = false\nversion = 3.11\n' >"$env/pyvenv.cfg"
into=("${pip[@]}" --python "$env/bin/python" install --no-compile)
"${into[@]}" --require-hashes -r packaging/requirements.lock
"${into[@]}" --no-deps "$work"/mailbot-*.whl
find "$env/bin" -mindepth 1 ! -name python -delete # programs of others, with paths of this machine
find "$env" -name direct_url.json -delete
find "$env" -name '*.dist-info' -exec sed -i '/direct_url.json/d; /^\.\.\/\.\.\/\.\.\/bin\//d' {}/RECORD \;
find "$env" -type d \( -name tests -o -name test \) -prune -exec rm -r {} +
find "$env" -name '*.so*' -type f -exec chmod 644 {} +
# by hash and never looked at again: the package is replaced whole
"$env/bin/python" -I -m compileall -q -s "$root" -p / --invalidation-mode unchecked-hash "$env/lib"

# -- what stands around it ------------------------------------------------------------------------------------------
put() { install -D -m "$1" "$2" "$root/$3"; }
doc=usr/share/doc/mailbot
put 755 packaging/mailbot.sh usr/bin/mailbot
for unit in mailbot.service mailbot@.service; do put 644 "packaging/$unit" "lib/systemd/system/$unit"; done
put 644 config.toml "$doc/examples/config.toml"
put 644 packaging/backoff.conf "$doc/examples/backoff.conf"
for file in prometheus/prometheus.yml prometheus/mailbot.rules.yml grafana/mailbot.json; do
    put 644 "packaging/$file" "$doc/examples/$file"
done
for page in instalacion operations reglas copias oauth2 metricas seguridad; do
    [ ! -f "docs/$page.md" ] || put 644 "docs/$page.md" "$doc/$page.md"
done
cat packaging/deb/copyright LICENSE | put 644 /dev/stdin "$doc/copyright"
{
    printf 'mailbot (%s) bookworm; urgency=medium\n\n  * See CHANGELOG.md.gz.\n\n' "$version"
    printf ' -- %s  %s\n' "$(cat packaging/deb/maintainer)" "$(date -uRd "@$SOURCE_DATE_EPOCH")"
} | put 644 /dev/stdin "$doc/changelog.Debian"
put 644 CHANGELOG.md "$doc/changelog"
put 644 packaging/deb/lintian-overrides usr/share/lintian/overrides/mailbot
"$env/bin/python" -I packaging/manual.py "$work/man"
for section in 1 5; do
    for page in "$work"/man/*."$section"; do
        # in Spanish whatever the reader's language: there is no other
        put 644 "$page" "usr/share/man/man$section/${page##*/}"
        put 644 "$page" "usr/share/man/es/man$section/${page##*/}"
    done
done
mkdir -p "$root/usr/share/bash-completion/completions"
_MAILBOT_COMPLETE=bash_source "$env/bin/python" -I -m mailbot >"$root/usr/share/bash-completion/completions/mailbot"
gzip -9n "$root/$doc"/changelog* "$root"/usr/share/man/man?/* "$root"/usr/share/man/es/man?/*
install -d "$root/etc/mailbot"

ln -sfn ../../../bin/python3.11 "$env/bin/python"

# -- the package -----------------------------------------------------------------------------------------------------
mkdir "$root/DEBIAN"
sed -e "s/@VERSION@/$version/" -e "s/@ARCHITECTURE@/$(dpkg --print-architecture)/" \
    -e "s/@SIZE@/$(du -sk --apparent-size "$root" | cut -f1)/" \
    -e "s/@MAINTAINER@/$(cat packaging/deb/maintainer)/" packaging/deb/control.in >"$root/DEBIAN/control"
for script in postinst prerm postrm; do install -m 755 "packaging/deb/$script" "$root/DEBIAN/$script"; done
(cd "$root" && find . -path ./DEBIAN -prune -o -type f -printf '%P\0' | sort -z | xargs -0 md5sum) \
    >"$root/DEBIAN/md5sums"
find "$root" -newermt "@$SOURCE_DATE_EPOCH" -exec touch --no-dereference --date="@$SOURCE_DATE_EPOCH" {} +
mkdir -p "$out"
dpkg-deb --root-owner-group -Zxz -z3 --build "$root" "$out/mailbot_${version}_$(dpkg --print-architecture).deb"
