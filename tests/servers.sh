#!/usr/bin/env bash
# tests/servers.sh COMMAND…: runs COMMAND while real servers run beside it, and stops them after it.
#
# They listen on 127.0.0.1 only, keep everything in a temporary folder, and run without privileges.
# Missing ones are installed from Debian's packages, if we are root. COMMAND finds them by
#   MAILBOT_TEST_POSTGRES   postgresql+psycopg://…
#   MAILBOT_TEST_DOVECOT    1: Dovecot is there (tests/dovecot.py starts instances of its own)
#   MAILBOT_TEST_POSTFIX    1: Postfix is there (tests/postfix.py)
set -euo pipefail

work=$(mktemp -d "${TMPDIR:-/tmp}/mailbot-servers.XXXXXX")
chmod 755 "$work"
stop=()

finish() {
    local status=$?
    trap - EXIT
    for how in "${stop[@]}"; do "$how" || true; done
    rm -rf "$work"
    exit "$status"
}
trap finish EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

# Each package, and the file that shows that it is there.
packages=(
    "postgresql /usr/lib/postgresql/*/bin/initdb"
    "dovecot-imapd /usr/lib/dovecot/imap"
    "dovecot-lmtpd /usr/lib/dovecot/lmtp"
    "postfix /usr/lib/postfix/sbin/master"
    "openssl /usr/bin/openssl"
    "systemd /usr/bin/systemd-analyze"
    "prometheus /usr/bin/promtool"
)

install_missing() {
    local missing=() package file
    for pair in "${packages[@]}"; do
        read -r package file <<<"$pair"
        compgen -G "$file" >/dev/null || missing+=("$package")
    done
    ((${#missing[@]})) || return 0
    if [ "$(id -u)" != 0 ]; then
        echo "tests/servers.sh: install first: apt-get install ${missing[*]}" >&2
        exit 2
    fi
    # Debian's packages would set up and start servers of their own.
    if [ ! -e /etc/postgresql-common/createcluster.conf ]; then
        mkdir -p /etc/postgresql-common
        echo 'create_main_cluster = false' >/etc/postgresql-common/createcluster.conf
    fi
    echo 'postfix postfix/main_mailer_type select No configuration' | debconf-set-selections
    apt-get update -qq
    # Nor anything else where an init is at work (invoke-rc.d(8)): Prometheus is wanted for its promtool.
    local policy=/usr/sbin/policy-rc.d failed=
    if [ -e "$policy" ]; then policy=; else install -m 755 /dev/stdin "$policy" <<<$'#!/bin/sh\nexit 101'; fi
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" \
        >"$work/apt.log" 2>&1 || failed=1
    [ -z "$policy" ] || rm "$policy"
    [ -z "$failed" ] || { cat "$work/apt.log" >&2; exit 2; }
}

# as USER COMMAND…: without privileges, if we have them
as() {
    local user=$1
    shift
    # from a folder that it may enter, else each command complains
    if [ "$(id -u)" = 0 ]; then (cd "$work" && runuser -u "$user" -- "$@"); else "$@"; fi
}

free_port() {
    python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

# -- PostgreSQL --------------------------------------------------------------------------------------

start_postgres() {
    postgres_bin=$(dirname "$(compgen -G '/usr/lib/postgresql/*/bin/initdb' | sort -V | tail -1)")
    postgres_home=$work/postgres
    mkdir "$postgres_home"
    [ "$(id -u)" != 0 ] || chown postgres: "$postgres_home"
    local port log=$work/postgres/log
    port=$(free_port)
    as postgres "$postgres_bin/initdb" --pgdata="$postgres_home/data" --username=mailbot --auth=trust \
        --encoding=UTF8 --locale=C.UTF-8 --no-sync >"$work/initdb.log" 2>&1 || { cat "$work/initdb.log" >&2; exit 2; }
    stop+=(stop_postgres)
    # fsync off: what is tested is not whether PostgreSQL survives a power cut (what is measured is)
    as postgres "$postgres_bin/pg_ctl" --pgdata="$postgres_home/data" --log="$log" --wait --silent start \
        --options="-c listen_addresses=127.0.0.1 -c port=$port -c fsync=${MAILBOT_TEST_POSTGRES_FSYNC:-off} -k $postgres_home" ||
        { cat "$log" >&2; exit 2; }
    as postgres "$postgres_bin/createdb" --host=127.0.0.1 --port="$port" --username=mailbot mailbot
    export MAILBOT_TEST_POSTGRES="postgresql+psycopg://mailbot@127.0.0.1:$port/mailbot"
}

stop_postgres() {
    as postgres "$postgres_bin/pg_ctl" --pgdata="$postgres_home/data" --wait --silent --mode=immediate stop
}

# ----------------------------------------------------------------------------------------------------

install_missing
start_postgres
export MAILBOT_TEST_DOVECOT=1 MAILBOT_TEST_POSTFIX=1
"$@"
