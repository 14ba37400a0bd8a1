#!/usr/bin/env bash
# packaging/test-package.sh OLD.deb NEW.deb: the life of the package on a fresh Debian 12 that is booted with systemd in
# a container of its own: installed, configured, run, made ill, upgraded, removed, purged. Called by `make test-package`.
# Needs root, debootstrap and systemd-container. What each step says goes to stdout: it is the transcript.
#   VENV     the development environment: its embedded mail servers stand beside the container, on loopback
#   MIRROR   where Debian's packages come from, as debootstrap wants it; the machine's own, otherwise
set -euo pipefail
old=$(realpath "$1") new=$(realpath "$2")
for need in debootstrap systemd-nspawn nsenter; do
    command -v "$need" >/dev/null || { echo "test-package.sh: install first: apt-get install debootstrap systemd-container" >&2; exit 2; }
done
[ "$(id -u)" = 0 ] || { echo "test-package.sh: only root can boot a container" >&2; exit 2; }

venv=$(realpath "${VENV:-.venv}")
here=$(realpath "$(dirname "$0")")

work=$(mktemp -d "${TMPDIR:-/tmp}/mailbot-package.XXXXXX")
root=$work/root container='' failed=0
finish() {
    local status=$?
    trap - EXIT
    # with the first process in it everything in it ends
    [ -z "${mail_PID:-}" ] || kill "$mail_PID" || true
    [ -z "${init:-}" ] || kill -KILL "$init" || true
    [ -z "$container" ] || { kill -KILL "$container"; wait "$container"; } 2>/dev/null || true
    rm -rf "$work"
    exit "$status"
}
trap finish EXIT
trap 'exit 130' INT TERM HUP

say() { printf '\n== %s\n' "$*"; }
# inside COMMAND…: in the booted container
inside() { nsenter --target "$init" --all --wdns=/ -- env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 TERM=dumb "$@"; }
# sees COMMAND…: the same, shown
sees() { printf '$ %s\n' "$*"; inside "$@" 2>&1 | cut -c1-220 || true; }
# must WHAT COMMAND…: it holds, or the test has failed
must() {
    local what=$1
    shift
    if inside "$@" >/dev/null 2>&1; then echo "ok      $what"; else echo "FAILED  $what" && failed=1; fi
}
# becomes WHAT COMMAND…: it holds within a minute
becomes() {
    local what=$1 n
    shift
    for n in $(seq 120); do
        if inside "$@" >/dev/null 2>&1; then echo "ok      $what (${n} looks)" && return; fi
        sleep 0.5
    done
    echo "FAILED  $what" && failed=1
}
apt() { inside env DEBIAN_FRONTEND=noninteractive apt-get -o Dpkg::Use-Pty=0 "$@"; }

say "A fresh Debian 12"
mirror=${MIRROR:-$(apt-get indextargets --format '$(REPO_URI)' 'Codename: bookworm' | head -1)}
if [ -n "${MAILBOT_TEST_ROOT:-}" ]; then
    cp -a "$MAILBOT_TEST_ROOT" "$root"
else
    debootstrap --variant=minbase --include=systemd,systemd-sysv,dbus bookworm "$root" ${mirror:+"$mirror"} >"$work/log" 2>&1 ||
        { tail -20 "$work/log" >&2; exit 2; }
fi
cp /etc/resolv.conf "$root/etc/resolv.conf"
install -m 644 "$old" "$root/root/old.deb"
install -m 644 "$new" "$root/root/new.deb"
systemd-nspawn --quiet --directory="$root" --machine="mailbot-$$" --register=no --keep-unit --resolv-conf=off --boot \
    >"$work/console" 2>&1 </dev/null &
container=$!
for _ in $(seq 60); do
    init=$(pgrep --parent "$container" | head -1) || true
    # "degraded" is up, too
    if [ -n "$init" ] && inside systemctl is-system-running 2>/dev/null | grep -q 'running\|degraded'; then break; fi
    sleep 1
done
sees systemctl --version
sees cat /etc/debian_version

say "Install"
apt update -qq
apt install -y -qq --no-install-recommends /root/old.deb 2>&1 | grep -i mailbot || true
sees dpkg-query -W mailbot
sees ls -ld /etc/mailbot /etc/mailbot/credentials /var/lib/mailbot
sees id mailbot
must "the service is enabled" systemctl is-enabled mailbot
must "and not started: there is no config" sh -c '! systemctl is-active mailbot'
sees mailbot --version
must "verify is silent for the unit" sh -c '! systemd-analyze verify --man=no /lib/systemd/system/mailbot.service 2>&1 | grep -i mailbot'
sees sh -c 'systemd-analyze security --offline=true --no-pager /lib/systemd/system/mailbot.service | tail -1'

say "Started without a config: one clear line, 78, no loop"
sees systemctl start mailbot
becomes "failed" systemctl is-failed mailbot
sees systemctl show mailbot -p ExecMainStatus -p NRestarts -p Result
sees journalctl -u mailbot -o cat --no-pager -n 6

say "A first config"
cat >"$root/root/config.toml" <<'TOML'
# edited by the admin
field.telefono.label = "Teléfono de contacto"
[service]
watch = false
[mailbox.soporte]
address  = "soporte@mesa.example"
password = { credential = "soporte-password" }
imap = { host = "127.0.0.1", port = 9, security = "none" }
smtp = { host = "127.0.0.1", port = 9, security = "none" }
[[rule]]
name     = "acceso"
keywords = ["contraseña"]
requires = ["telefono"]
TOML
sees install -o mailbot -g mailbot -m 640 /root/config.toml /etc/mailbot/config.toml
printf 'secreta\n' >"$root/root/secret"
sees install -o mailbot -g mailbot -m 600 /root/secret /etc/mailbot/credentials/soporte-password
# as an admin does, in a folder that the service's user may not enter
inside mkdir -m 700 /root/closed
sees sh -c 'cd /root/closed && mailbot check'
sees sh -c 'mailbot run --once; echo "exit $?"'
sees ls -lA /var/lib/mailbot

say "The service"
sees systemctl start mailbot
must "it is active: READY came" systemctl is-active mailbot
sees systemctl show mailbot -p Type -p StatusText -p WatchdogUSec -p User -p NRestarts
sees mailbot status
sees journalctl -u mailbot -o cat --no-pager -n 4
main=$(inside systemctl show mailbot -p MainPID --value)
must "it has the secret from systemd" test -f /run/credentials/mailbot.service/mailbot_soporte-password
must "it may write nowhere but in its state folder" sh -c "! nsenter --target $main --mount -- setpriv --reuid=mailbot --regid=mailbot --clear-groups touch /etc/mailbot/x"
must "what it wrote is its own" sh -c '[ -z "$(find /var/lib/mailbot ! -user mailbot -o -perm /077)" ]'

say "A mail comes in, and is answered"
coproc mail { exec "$venv/bin/python" "$here/test_mail.py" soporte@mesa.example secreta; }
read -r imap smtp <&"${mail[0]}"
inside sed -i -e "s/^imap = .*/imap = { host = \"127.0.0.1\", port = $imap, security = \"none\" }/" \
    -e "s/^smtp = .*/smtp = { host = \"127.0.0.1\", port = $smtp, security = \"none\" }/" /etc/mailbot/config.toml
sees systemctl reload mailbot
becomes "mailbot status: all is well" mailbot status
echo deliver >&"${mail[1]}"
read -r -t 90 said <&"${mail[0]}" || said='FAILED  no reply within 90 s'
echo "$said"
case $said in FAILED*) failed=1 ;; esac
sees mailbot cases
sees mailbot case 1

say "Health, over HTTP on loopback"
port=$("$venv/bin/python" -c 'import socket; s = socket.create_server(("127.0.0.1", 0)); print(s.getsockname()[1])')
inside sed -i "s/^watch = false/watch = false\nhttp = \"127.0.0.1:$port\"/" /etc/mailbot/config.toml
sees systemctl reload mailbot
asks() { sees /usr/lib/mailbot/bin/python -Ic "import urllib.request as u; print(u.urlopen('http://127.0.0.1:$port$1').read().decode())"; }
becomes "it listens" bash -c "exec 3<>/dev/tcp/127.0.0.1/$port"
said=$(asks /healthz | tail -n +2)
if [ "$said" = ok ]; then echo "ok      /healthz: all is well"; else echo "FAILED  /healthz: $said" && failed=1; fi
said=$(asks /metrics | tail -n +2 | grep -E '^(mailbot_messages_total.*opened|mailbot_mailbox_connected|process_resident_memory)' || true)
echo "$said"
if [ "$(wc -l <<<"$said")" = 3 ]; then echo "ok      /metrics, also of the process"; else echo "FAILED  /metrics" && failed=1; fi
inside sed -i '/^http = /d' /etc/mailbot/config.toml
sees systemctl reload mailbot

say "Reload: a good config, then a bad one"
inside sed -i 's/"contraseña"/"contraseña", "clave"/' /etc/mailbot/config.toml
must "reload is done" systemctl reload mailbot
becomes "told" sh -c 'journalctl -u mailbot -o cat | grep -q config.reloaded'
inside cp /etc/mailbot/config.toml /root/good.toml
inside sed -i 's/^keywords/keywrds/' /etc/mailbot/config.toml
sees systemctl reload mailbot
becomes "refused" sh -c 'journalctl -u mailbot -o cat | grep -q keywrds'
must "and it goes on" systemctl is-active mailbot
sees systemctl show mailbot -p StatusText
must "also over a restart, with the last good one" sh -c 'systemctl restart mailbot && systemctl is-active mailbot'
inside cp /root/good.toml /etc/mailbot/config.toml
sees systemctl reload mailbot

say "Stopped, and started"
must "mailbot status: ill, while it is stopped" sh -c 'systemctl stop mailbot; ! mailbot status'
must "and well again" sh -c 'systemctl start mailbot && mailbot status'

say "Killed: it comes back"
before=$(inside systemctl show mailbot -p NRestarts --value)
inside systemctl kill --signal=KILL mailbot
becomes "started again" sh -c "[ \$(systemctl show mailbot -p NRestarts --value) -gt $before ] && systemctl is-active mailbot"

say "Stopped by a signal, hung: the watchdog ends it, with a look at every thread"
inside mkdir -p /run/systemd/system/mailbot.service.d
printf '[Service]\nWatchdogSec=4s\nRestartSec=1s\n' | inside tee /run/systemd/system/mailbot.service.d/soon.conf >/dev/null
inside systemctl daemon-reload
inside systemctl restart mailbot
must "alive after two watchdog times" sh -c 'sleep 9; systemctl is-active mailbot && [ "$(systemctl show mailbot -p NRestarts --value)" = 0 ]'
inside systemctl kill --signal=STOP mailbot
becomes "ended and started again" sh -c '[ "$(systemctl show mailbot -p NRestarts --value)" -gt 0 ] && systemctl is-active mailbot'
sees sh -c "journalctl -u mailbot --no-pager -o cat | grep -i 'watchdog\|Fatal Python\|^Thread' | head -5"
inside rm -r /run/systemd/system/mailbot.service.d
inside systemctl daemon-reload
inside systemctl restart mailbot

say "A second instance"
inside install -d -o mailbot -g mailbot -m 700 /etc/mailbot/ventas /etc/mailbot/ventas/credentials
inside sh -c 'sed "s/soporte/ventas/g" /etc/mailbot/config.toml >/etc/mailbot/ventas/config.toml; chown mailbot: /etc/mailbot/ventas/config.toml'
printf 'secreta\n' | inside install -o mailbot -g mailbot -m 600 /dev/stdin /etc/mailbot/ventas/credentials/ventas-password
sees systemctl start mailbot@ventas
must "it is active" systemctl is-active mailbot@ventas
sees mailbot --config /etc/mailbot/ventas/config.toml status
must "it has a database of its own" test -f /var/lib/mailbot/ventas/mailbot.sqlite3

say "A secret that only systemd can read"
inside sh -c 'cd /etc/mailbot/ventas && systemd-creds encrypt --name=ventas-password credentials/ventas-password ventas.cred && rm credentials/ventas-password'
inside mkdir -p /run/systemd/system/mailbot@ventas.service.d
printf '[Service]\nLoadCredentialEncrypted=ventas-password:/etc/mailbot/ventas/ventas.cred\n' |
    inside tee /run/systemd/system/mailbot@ventas.service.d/secret.conf >/dev/null
inside systemctl daemon-reload
inside systemctl restart mailbot@ventas
must "the service has it, and none is left on the disk" sh -c 'systemctl is-active mailbot@ventas && grep -q secreta /run/credentials/mailbot@ventas.service/ventas-password && ! ls /etc/mailbot/ventas/credentials/*'

say "Back-up of the running service"
inside install -d -o mailbot -g mailbot -m 700 /var/backups/mailbot
sees mailbot db backup /var/backups/mailbot/copia.sqlite3
sees mailbot db check

say "What a restart does not cure: one clear line, and no loop"
# spoils CODE COMMAND: the service, started after it, ends with that code, once; then all is as it was
spoils() {
    local code=$1
    inside systemctl stop mailbot
    inside systemctl reset-failed mailbot || true
    inside cp -a /var/lib/mailbot /root/state
    sees sh -c "$2"
    inside systemctl start mailbot 2>/dev/null || true
    becomes "failed" systemctl is-failed mailbot
    sleep 1
    must "with $code, and not started again" sh -c "[ \$(systemctl show mailbot -p ExecMainStatus --value) = $code ] && [ \$(systemctl show mailbot -p NRestarts --value) = 0 ] && systemctl is-failed mailbot"
    sees sh -c 'journalctl -u mailbot -o cat --no-pager _PID=$(systemctl show mailbot -p ExecMainPID --value)'
    inside sh -c 'chattr -i /var/lib/mailbot/* 2>/dev/null; rm -rf /var/lib/mailbot && mv /root/state /var/lib/mailbot'
}
spoils 77 'chown root: /var/lib/mailbot/mailbot.sqlite3'
spoils 77 'touch /var/lib/mailbot/mailbot.sqlite3-wal'
spoils 65 'head -c 20000 /dev/urandom >/var/lib/mailbot/mailbot.sqlite3'
spoils 65 '/usr/lib/mailbot/bin/python -c "import sqlite3; c = sqlite3.connect(\"/var/lib/mailbot/mailbot.sqlite3\"); c.execute(\"UPDATE alembic_version SET version_num = 9999\"); c.commit()"'
must "a folder of another owner is given back by systemd" sh -c 'chown -R root: /var/lib/mailbot && systemctl start mailbot && [ -z "$(find /var/lib/mailbot ! -user mailbot)" ]'

say "A credential that is not there: one mailbox is ill, and the service goes on"
inside mv /etc/mailbot/credentials/soporte-password /root/secret.away
inside systemctl restart mailbot
becomes "told" sh -c 'journalctl -u mailbot -o cat -n 20 | grep -q "no está la credencial soporte-password"'
sees sh -c 'journalctl -u mailbot -o cat -n 20 --no-pager | grep "no está la credencial"'
sees systemctl show mailbot -p ActiveState -p StatusText -p NRestarts
sees mailbot status
inside mv /root/secret.away /etc/mailbot/credentials/soporte-password
inside systemctl restart mailbot
becomes "mailbot status: all is well again" mailbot status

say "A database of an older schema"
"$venv/bin/python" -c "import sqlite3, sys; sqlite3.connect(sys.argv[2]).executescript(open(sys.argv[1], encoding='utf-8').read())" \
    "$here/../tests/store/schemas/0001.sqlite.sql" "$root/root/older.sqlite3"
inside systemctl stop mailbot
inside sh -c 'cp -a /var/lib/mailbot /root/state; rm /var/lib/mailbot/mailbot.sqlite3*; install -o mailbot -g mailbot -m 600 /root/older.sqlite3 /var/lib/mailbot/mailbot.sqlite3'
sees systemctl start mailbot
must "it is upgraded, and active" systemctl is-active mailbot
sees sh -c 'journalctl -u mailbot -o cat -n 10 --no-pager | grep database.upgrad'
inside sh -c 'systemctl stop mailbot; rm -rf /var/lib/mailbot && mv /root/state /var/lib/mailbot; systemctl start mailbot'

say "PostgreSQL by its socket, as the user that the service is; first it is away"
apt install -y -qq --no-install-recommends postgresql >/dev/null 2>&1 || true
inside sh -c 'runuser -u postgres -- createuser mailbot && runuser -u postgres -- createdb --owner=mailbot mailbot'
inside systemctl stop postgresql
inside sed -i 's#^watch = false#watch = false\ndatabase = "postgresql+psycopg://mailbot@/mailbot?host=/run/postgresql"#' /etc/mailbot/config.toml
inside systemctl restart --no-block mailbot
becomes "it says what it waits for" sh -c 'systemctl show mailbot -p StatusText | grep -q "Espera a la base de datos"'
sees systemctl show mailbot -p ActiveState -p StatusText -p NRestarts
sees journalctl -u mailbot -o cat --no-pager -n 2
inside systemctl start postgresql
becomes "active, as soon as it is there" systemctl is-active mailbot
must "and not by a restart" sh -c '[ "$(systemctl show mailbot -p NRestarts --value)" = 0 ]'
becomes "mailbot status: all is well" mailbot status
inside cp /root/good.toml /etc/mailbot/config.toml
inside systemctl restart mailbot

say "Upgrade"
apt install -y -qq --no-install-recommends /root/new.deb 2>&1 | grep -i mailbot || true
sees dpkg-query -W mailbot
must "the admin's config is as it was" cmp /root/good.toml /etc/mailbot/config.toml
becomes "the service runs again" systemctl is-active mailbot
becomes "and the instance" systemctl is-active mailbot@ventas
must "the database is the same" mailbot db check

say "Manual and completion"
must "the pages are there" sh -c 'zcat /usr/share/man/es/man1/mailbot.1.gz | grep -q "mailbot rules test" && zcat /usr/share/man/es/man5/mailbot-config.5.gz | grep -q answer_within'
sees bash -c 'COMP_WORDS="mailbot rec" COMP_CWORD=1 _MAILBOT_COMPLETE=bash_complete mailbot'
must "every file is as it was packed" dpkg --verify mailbot

say "Remove, then purge"
apt remove -y -qq mailbot 2>&1 | grep -i mailbot || true
must "config and data stay" test -f /etc/mailbot/config.toml -a -f /var/lib/mailbot/mailbot.sqlite3
must "no service runs" sh -c '! pgrep -f "mailbot run"'
must "nothing of the program stays" sh -c '! ls -d /usr/lib/mailbot'
apt purge -y -qq mailbot 2>&1 | grep -i mailbot || true
sees sh -c 'ls -d /etc/mailbot /var/lib/mailbot; getent passwd mailbot; echo "nothing more"'
must "nothing stays but the copies" sh -c '[ -z "$(find / -xdev -name "*mailbot*" ! -path "/var/log/*" ! -path "/var/backups/*" ! -path "/var/cache/*" ! -path "/proc/*" ! -path "/root/*")" ]'
sees sh -c 'find / -xdev -name "*mailbot*" ! -path "/var/log/*" ! -path "/proc/*" | head'

say "done"
exit "$failed"
