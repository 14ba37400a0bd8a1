#!/bin/sh
# /usr/bin/mailbot: the command line beside the service. Root becomes the service's user, so that files keep their
# owner; with a config in /etc/mailbot the service's state folder is used. Anybody else's mailbot is left alone.
set -eu

given=
before=
for word in "$@"; do
    case $before in --config) given=$word ;; esac
    case $word in --config=*) given=${word#--config=} ;; esac
    before=$word
done
for config in "$given" "${MAILBOT_CONFIG:-}" config.toml /etc/mailbot/config.toml; do
    if [ -n "$config" ]; then
        case $config in config.toml) [ -f config.toml ] || continue ;; esac
        break
    fi
done

config=$(realpath -m -- "$config")
case $config in
/etc/mailbot/config.toml) state=/var/lib/mailbot ;;
/etc/mailbot/*/config.toml)
    state=/var/lib/${config#/etc/}
    state=${state%/config.toml}
    ;;
*) state= ;;
esac

if [ -n "$state" ]; then
    # by its whole name: the service's user may not look around in root's folder
    export STATE_DIRECTORY="$state" MAILBOT_CONFIG="$config"
    if [ "$(id -u)" = 0 ] && id -u mailbot >/dev/null 2>&1; then
        # the history of a case names the person
        export LOGNAME="${SUDO_USER:-${LOGNAME:-root}}"
        # where PostgreSQL's library looks for a password, as it does for the service
        export HOME=/var/lib/mailbot
        umask 077
        set -- setpriv --reuid=mailbot --regid=mailbot --init-groups --inh-caps=-all \
            /usr/lib/mailbot/bin/python -I -m mailbot "$@"
        exec "$@"
    fi
fi
exec /usr/lib/mailbot/bin/python -I -m mailbot "$@"
