"""Programs that take root at run time, and packages that the releases of the hardened images no longer have."""

from __future__ import annotations

from .._pattern import regex
from ..rules.start import SHELLS
from ..rules.start_programs import SWITCHES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..catalog.model import Definition

SWITCHING = SWITCHES | {"setuidgid", "chroot", "fixuid", "start-stop-daemon", "capsh", "unshare"}
"""Programs that start another one as another user, which only root may."""

CHANGING = frozenset(
    {
        *("chown", "chgrp", "useradd", "adduser", "usermod", "userdel", "deluser", "groupadd", "addgroup", "groupmod"),
        *("chpasswd", "passwd", "apt-get", "apt", "apk", "yum", "dnf", "microdnf", "zypper", "dpkg", "rpm"),
        *("update-ca-certificates", "ldconfig", "iptables", "ip6tables", "iptables-restore", "nft", "ipset", "sysctl"),
        *("modprobe", "insmod", "mount", "umount", "mknod", "setcap", "brctl", "tc", "service", "systemctl"),
        *("rc-service", "rc-update", "openrc", "invoke-rc.d", "update-rc.d", "a2enmod", "a2ensite", "a2dissite"),
        *("locale-gen", "dpkg-reconfigure", "update-alternatives", "crontab", "setfacl"),
    }
)
"""Programs whose work is on files, accounts or devices of the system."""

# Servers of distributions whose own pid files, logs, sockets or ports are root's, and that change their user by themselves.
_SERVERS = (
    "sshd cron crond dcron anacron atd supervisord supervisorctl s6-svscan runsvdir runit runsv svscan my_init systemd init"
    " dockerd containerd docker dind apache2 apache2ctl apachectl httpd nginx php-fpm mysqld mysqld_safe mariadbd"
    " rsyslogd syslogd syslog-ng dnsmasq named unbound openvpn haproxy squid squid3 postfix master exim exim4 sendmail"
    " vsftpd proftpd pure-ftpd smbd nmbd slapd fail2ban-server chronyd ntpd dovecot lighttpd varnishd collectd"
    " radiusd freeradius icecast icecast2 minidlnad sockd danted charon ipsec xl2tpd pptpd pppd dhcpd dhclient tincd wg"
    " wg-quick zerotier-one tailscaled keepalived bird zebra ospfd bgpd frrinit.sh rpcbind rpc.nfsd rpc.mountd exportfs"
    " xinetd inetd avahi-daemon dbus-daemon udevd cupsd asterisk freeswitch snmpd monit puppet chef-client salt-minion"
    " jupyterhub ocserv openconnect pptpd tincd munged slurmd zabbix_agentd zabbix_server nrpe pihole-FTL"
)
SERVERS = frozenset(_SERVERS.split())
"""Those servers by the name of their program; not those that start as any user where their directories are that user's."""

RAW = frozenset(
    {
        *("traceroute", "tcpdump", "nmap", "ping", "mtr", "arping", "arp-scan", "hping3", "tshark", "dumpcap", "ngrep"),
        *("iftop", "nethogs", "masscan", "airodump-ng", "aircrack-ng", "tcptraceroute", "fping", "tcpreplay", "snort"),
    }
)
"""Programs that open raw sockets, which takes a capability that only root has."""

IDLE = SHELLS | {"sleep", "tail", "top", "htop", "watch", "tmux", "screen", "byobu", "login", "getty"}
"""Programs with which a container is only kept open for people."""

PLAIN_SCRIPTS = frozenset({"wait-for-it.sh", "wait-for.sh", "wait-for-it", "wait-for", "wait_for_it.sh", "wait.sh"})
"""Scripts that wait for a port and then start the words after ``--``: github.com/vishnubob/wait-for-it and its kin."""

LANGUAGES = frozenset(
    {
        *("node", "python", "ruby", "php", "golang", "rust", "eclipse-temurin", "amazoncorretto", "debian-base"),
        *(
            "alpine-base",
            "busybox",
            "bash",
            "perl",
            "bun",
            "deno",
            "dotnet",
            "aspnetcore",
            "maven",
            "gradle",
            "erlang-otp",
        ),
        *("elixir", "composer", "dart", "clojure", "jruby", "r-base", "build", "git", "curl", "uv", "miniconda3"),
    }
)
"""Images that others build on, whose own command is a prompt or a help text."""

# Neither in Debian 12 nor in 13 under that name: packages.debian.org.
_DEBIAN = regex(
    r"(?:python|python-(?:dev|pip|setuptools|virtualenv|wheel|all|all-dev|numpy|scipy|requests|yaml|mysqldb|lxml|boto|pil"
    r"|imaging|pkg-resources|minimal|software-properties|psycopg2|opencv|gevent|crypto|openssl|jinja2|six|tk)"
    r"|python2(?:\.\d)?(?:-\w+)?|python3\.(?:[0-9]|10)(?:-\w+)?|libpython2[\w.-]*|nodejs-legacy|git-core|netcat"
    r"|mysql-client(?:-[\d.]+)?|mysql-server(?:-[\d.]+)?|libmysqlclient(?:-dev|\d+)|libpng12-(?:0|dev)|libjpeg8(?:-dev)?"
    r"|libssl(?:0\.9\.8|1\.0\.\d|1\.1)|libssl1\.0-dev|libicu(?:4\d|5\d|6\d)|libcurl3|libreadline[567]|libav-tools"
    r"|chromium-browser|module-init-tools|libappindicator3-1|php5[\w.-]*|php7[\w.-]*|php8\.[013](?:-[\w.-]+)?"
    r"|ttf-(?:dejavu|dejavu-core|dejavu-extra|freefont|liberation|unifont|wqy-\w+|kochi-\w+|indic-fonts)"
    r"|openjdk-(?:[6-9]|1[0-6])-\w[\w-]*|oracle-java\d+-[\w-]+|docker-engine|libsodium(?:13|18)"
    r"|libboost-[a-z-]+1\.(?:[45]\d|6[0-7])(?:\.0|-dev)?|(?:gcc|g\+\+)-[4-9](?:\.\d)?"
    r"|(?:clang|clang-format|llvm)-(?:[3-9]|1[0-2])(?:\.\d)?(?:-dev)?|rubygems|ruby(?:1\.9|2)\.[\d.]+(?:-dev)?"
    r"|postgresql(?:-client|-contrib)?-(?:8\.\d|9\.\d|1[0-4])|libgnutls-dev)\Z"
)
# In Debian 12 and not in 13.
_TRIXIE = regex(
    r"(?:software-properties-common|php8\.2(?:-[\w.-]+)?|python3\.11(?:-\w+)?|openjdk-17-\w[\w-]*"
    r"|postgresql(?:-client|-contrib)?-1[56])\Z"
)
# Gone from Alpine since 3.16 or before: pkgs.alpinelinux.org.
_ALPINE = regex(
    r"(?:python|python-dev|python2(?:-\w+)?|nodejs-npm|php5(?:-\w+)?|php7(?:-\w+)?|openjdk7(?:-\w+)*|nodejs-lts"
    r"|mariadb-client-libs|py2-\w+|libressl2\.[\d.]+\S*|isl|mpc1|mpfr3)\Z"
)


def is_gone(target: Definition, package: str) -> bool:
    """Whether the distribution of `target` is known to have no `package`, which older releases had."""
    if len(package) > MAX_NAME:
        return False
    if target.distro == "alpine":
        return bool(_ALPINE.match(package))
    return bool(_DEBIAN.match(package)) or (target.release != "12" and bool(_TRIXIE.match(package)))


MAX_NAME = 80
"""Longest name of a package that is looked at."""
