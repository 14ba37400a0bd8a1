#!/usr/bin/env bash
# tests/servers.sh COMMAND…: runs COMMAND while real servers run beside it, and stops them after it.
#
# They listen on 127.0.0.1 only, keep everything in a temporary folder, and run without privileges.
# Missing ones are installed from Debian's packages, if we are root. COMMAND finds them by
#   MAILBOT_TEST_POSTGRES   postgresql+psycopg://…
#   MAILBOT_TEST_DOVECOT    1: Dovecot is there
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

# install PACKAGE FILE: unless the file is there
install_package() {
    compgen -G "$2" >/dev/null && return
    if [ "$(id -u)" != 0 ]; then
        echo "tests/servers.sh: install the package $1 first (apt-get install $1)" >&2
        exit 2
    fi
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq
    apt-get install -qq --no-install-recommends "$1" >/dev/null
}

# as USER COMMAND…: without privileges, if we have them
as() {
    local user=$1
    shift
    if [ "$(id -u)" = 0 ]; then runuser -u "$user" -- "$@"; else "$@"; fi
}

free_port() {
    python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

# -- PostgreSQL --------------------------------------------------------------------------------------

start_postgres() {
    if [ "$(id -u)" = 0 ] && [ ! -e /etc/postgresql-common/createcluster.conf ]; then
        # Debian's package would set up and start a server of its own
        mkdir -p /etc/postgresql-common
        echo 'create_main_cluster = false' >/etc/postgresql-common/createcluster.conf
    fi
    install_package postgresql '/usr/lib/postgresql/*/bin/initdb'
    postgres_bin=$(dirname "$(compgen -G '/usr/lib/postgresql/*/bin/initdb' | sort -V | tail -1)")
    postgres_home=$work/postgres
    mkdir "$postgres_home"
    [ "$(id -u)" != 0 ] || chown postgres: "$postgres_home"
    local port log=$work/postgres/log
    port=$(free_port)
    as postgres "$postgres_bin/initdb" --pgdata="$postgres_home/data" --username=mailbot --auth=trust \
        --encoding=UTF8 --locale=C.UTF-8 --no-sync >"$work/initdb.log" 2>&1 || { cat "$work/initdb.log" >&2; exit 2; }
    stop+=(stop_postgres)
    # fsync off: what is tested is not whether PostgreSQL survives a power cut
    as postgres "$postgres_bin/pg_ctl" --pgdata="$postgres_home/data" --log="$log" --wait --silent start \
        --options="-c listen_addresses=127.0.0.1 -c port=$port -c fsync=off -k $postgres_home" ||
        { cat "$log" >&2; exit 2; }
    as postgres "$postgres_bin/createdb" --host=127.0.0.1 --port="$port" --username=mailbot mailbot
    export MAILBOT_TEST_POSTGRES="postgresql+psycopg://mailbot@127.0.0.1:$port/mailbot"
}

stop_postgres() {
    as postgres "$postgres_bin/pg_ctl" --pgdata="$postgres_home/data" --wait --silent --mode=immediate stop
}

# -- Dovecot -----------------------------------------------------------------------------------------

# The tests start their own instances (tests/dovecot.py), each with a folder, a certificate and ports of its own.
allow_dovecot() {
    install_package dovecot-imapd /usr/lib/dovecot/imap
    install_package dovecot-lmtpd /usr/lib/dovecot/lmtp
    install_package openssl /usr/bin/openssl
    export MAILBOT_TEST_DOVECOT=1
}

# ----------------------------------------------------------------------------------------------------

start_postgres
allow_dovecot
"$@"
