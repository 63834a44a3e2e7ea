"""The data of `packages`: what each package of an operating system is for, and the library behind a development package.

To correct it, move a word: the lists are sorted, and no name stands in two. A name that is for two things stands in the list
that keeps it: "build" and "tool" are left out of a runtime image, everything else is kept or makes a person decide. So a word
goes into those two lists only if applications hardly ever start the program, or load a library that comes with it.

Sources: the package metadata of Debian 12, package definitions of Alpine (aports), the package lists of the hardened images (for
the names of Debian 13), and how 5,300 public Dockerfiles use the names: the 700 most frequent ones of last stages were looked at
one by one.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Literal

    from ...catalog.model import Distro

    Purpose = Literal["build", "tool", "data", "library", "runtime", "interpreter", "service", "unknown"]


NAMES: dict[Purpose, str] = {
    # Compilers, generators of sources, headers without a library, and what prepares a package manager. No shared library that
    # a result loads comes with them alone, but for those of the compilers (see RUNTIME_LIBRARIES).
    "build": """
        abuild alpine-sdk apt-file apt-transport-https apt-utils aptitude autoconf autoconf-archive autogen automake
        autopoint autotools-dev base-devel bazel bison bsd-compat-headers build-base build-essential byacc cargo ccache cdbs
        centos-release-scl checkinstall chrpath clang cmake cmake-data cpp debconf-utils debhelper debian-archive-keyring
        debian-keyring devscripts dh-autoreconf dh-make dh-python dh-systemd dirmngr dnf-plugins-core doxygen dpkg dpkg-dev
        epel-release equivs fakeroot flex g++ gcc gcc-c++ gcovr gdebi-core glibc-devel glibc-headers glibc-static gmake
        gnupg gnupg1 gnupg2 go go-md2man go-toolset golang golang-bin golang-go golang-src googletest gperf gpg gpg-agent
        gpgconf gpgv gtk-doc-tools help2man intltool kernel-headers lcov libboost-dev libc-dev libc6-dev libcrypt-dev
        libeigen3-dev libgtest-dev libtool libtool-bin lintian linux-headers linux-libc-dev lsb-release m4 make makeself
        meson musl-dev musl-tools nasm ninja ninja-build ninja-is-really-ninja nlohmann-json nlohmann-json-dev
        nlohmann-json3-dev nodejs-dev openssl-libs-static oraclelinux-developer-release-el10
        oraclelinux-developer-release-el7 patch patchelf pbuilder perl-dev perl-devel pkg-config pkgconf pkgconf-pkg-config
        pkgconfig protobuf-c-compiler protobuf-compiler protoc python-all-dev python-software-properties python3-all-dev
        quilt rapidjson-dev re2c redhat-rpm-config remi-release rpm-build rpmdevtools rpmfusion-free-release ruby-dev
        ruby-devel rust rustc samurai scons software-properties-common spectool sqlite-static swig swig3.0 swig4.0 texinfo
        ubuntu-cloud-keyring ubuntu-keyring upx upx-ucl valac x11proto-core-dev x11proto-dev xorgproto xtrans-dev xutils-dev
        yasm yum-plugin-ovl yum-plugin-priorities yum-plugin-security yum-utils zlib-static
    """,
    # For a person at a terminal, or for the commands of a RUN; an application would have to be odd to start one.
    "tool": """
        ack ack-grep adduser bash bash-completion bat bind-tools bind-utils bind9-dnsutils bind9-host bzip2 colordiff curl
        dash dialog diffstat dnsutils dos2unix dstat ed emacs emacs-nox fish gdb gdbserver git git-all git-core git-flow
        git-lfs gzip htop httpie iftop inetutils-telnet iotop joe jq knot-dnsutils ksh ldnsutils less locate lrzip lsof
        ltrace lzip lzma man man-db man-pages manpages manpages-dev mc mdocml mdocml-apropos mksh mlocate multitail nano
        ncat ncdu net-tools netcat netcat-openbsd netcat-traditional nmap-ncat openssh-client openssh-client-common
        openssh-client-default openssh-clients passwd pax-utils procps procps-ng rpm2cpio shadow shadow-utils
        silversearcher-ag strace sudo sysstat tar tcsh telnet the_silver_searcher tig tree unzip vi vim vim-common
        vim-enhanced vim-gtk vim-minimal vim-nox vim-runtime vim-tiny wget wget2 xz xz-utils yq zip zsh
    """,
    # Files alone: no program and no library.
    "data": """
        adwaita-icon-theme ca-certificates ca-certificates-bundle ca-certificates-java dns-root-data docbook-xml docbook-xsl
        fontconfig-config geoip-database gsfonts hicolor-icon-theme hwdata iso-codes krb5-conf krb5-config libmagic-mgc
        lmodern locales locales-all mailcap media-types mime-support musl-locales musl-locales-lang ncurses-base
        ncurses-term ncurses-terminfo-base netbase pci.ids poppler-data publicsuffix shared-mime-info terminfo tzdata
        tzdata-legacy usb.ids wamerican wamerican-huge xkb-data
    """,
    # Shared libraries, modules of interpreters and drivers whose names no pattern tells.
    "library": """
        alsa-plugins-pulse atlas avahi-compat-libdns_sd blas boost c-ares cairo cairo-gobject compat-libstdc++-33
        compat-openssl10 cuda cyrus-sasl-crammd5 cyrus-sasl-gssapi cyrus-sasl-login cyrus-sasl-md5 cyrus-sasl-plain cython
        cython3 elfutils expat fontconfig freetds freetype fribidi g++-multilib gcc-gfortran gcc-multilib gcompat gdal
        gdal-bin gdbm gdk-pixbuf geos gfortran gfortran-multilib giflib glib glib2 glibc glibc-common gmp gnu-libiconv
        gnutls grpc grpc-java gsl gtk+2.0 gtk+3.0 gtk2 gtk2-engines-murrine gtk3 harfbuzz hdf5 icu ilmbase isl jemalloc jpeg
        krb5-pkinit lapack lcms2 leveldb linux-pam llvm lm-sensors lmdb luajit mariadb-connector-c mod_ssl mpc1 mpdecimal
        mpfr mpfr3 mpfr4 msodbcsql17 msodbcsql18 musl ncurses netcdf nspr nss numpy odbc-postgresql oniguruma openblas
        openexr openjpeg p8-platform pam pango pcre pcre2 pcsclite pixman proj protobuf protobuf-c rdma-core readline scipy
        sdl sdl2 snappy speex tbb tcl tcl8.6 tdsodbc tiff tk tk8.6 udns unixODBC unixodbc vips xmlsec xmlsec1-openssl yaml
        zlib zlib-ng zlib1g zlibc
    """,
    # Programs that applications start, and everything that may be one.
    "runtime": """
        7zip ImageMagick MariaDB-client acl aircrack-ng alien alsa-utils ambari-server android-tools-adb
        android-tools-fastboot android-tools-fsutils ansible apache2-ctl apache2-utils apt aria2 arj asciidoc asciidoctor
        attr audiowaveform aufs-tools autossh aws-cli awscli azure-cli bats bc bedtools biber binutils binutils-gold bluez
        bridge-utils brotli bsdextrautils bsdmainutils bsdtar btrfs-progs btrfs-tools busybox busybox-extras busybox-static
        byobu bzip3 bzr cabextract ceph-common certbot chocolate-doom cifs-utils clang-format clang-tidy cloc cmus conntrack
        conntrack-tools containerd containerd.io coreutils cowsay cpio crane cryptsetup ctags cuda-drivers cups cvs dante
        darkice dbus-x11 dcmtk debianutils debootstrap default-mysql-client device-mapper dict dictd diffutils direnv doas
        docbook2x dosfstools dsniff dtach dumb-init duplicity dwarves e2fsprogs e2fsprogs-extra easy-rsa elinks espeak
        espeak-ng ethtool exiftool exiv2 expect exuberant-ctags fastfetch fcgi fd fd-find fdisk fdupes ffmpeg
        ffmpegthumbnailer file findutils flac fluxbox font-manager font-util font-viewer fontforge fortunes fping
        freetds-bin ftp fuse fuse-overlayfs fuse3 gawk gdisk gedit genisoimage geoip-bin gettext gettext-base
        gettext-envsubst gh ghostscript gifsicle gimp github-cli glances gnu-which gnupg-agent gnuplot gnuplot-nox
        gnutls-bin gnutls-utils gobject-introspection google-cloud-cli google-cloud-sdk gosu gptfdisk gradle-completion
        graphviz grep groff groff-base grpc-cli grub-common gsfonts-x11 hdparm hostname html2text httpd-tools hugo hunspell
        hwloc icewm inetutils-ping inetutils-traceroute info inkscape inotify-tools iperf iperf3 ipfm iproute iproute2 ipset
        iptables iptables-legacy iputils iputils-ping irssi isolinux jags jbig2dec jpegoptim just jwhois kmod knot kpartx
        krb5 krb5-user krb5-workstation kubectl lame latexmk lbzip2 ldap-utils lftp libressl links logrotate lsb-base
        lsb-core lvm2 lxc lxde lynx lynx-cur lz4 lzop mawk mcrypt mdadm mediainfo memtester mercurial mesa-utils mingw-w64
        mingw-w64-gcc mkisofs mkvtoolnix module-init-tools moreutils mosh mosquitto-clients mount mpc mpd mplayer mpv msmtp
        msmtp-mta mssql-tools mssql-tools18 mtd-utils mtools mtr mtr-tiny multipath-tools mupdf-tools musl-utils mutt
        mysqltuner nbd-client ncftp ncmpc ncmpcpp ncurses-bin neovim net-snmp net-snmp-utils netcdf-bin netpbm nfs-common
        nfs-utils nftables nmap nmap-nselibs nmap-scripts novnc nsis nss-tools ntpdate numactl nut-client nvme-cli ocrmypdf
        open-iscsi openbox opencv openldap-clients openmpi openmpi-bin openmpi-common openssl optipng p7zip p7zip-full
        p7zip-rar pandoc parallel parted pbzip2 pciutils pdftk pdftk-java perftest pgcli phantomjs pigz pinentry-curses pixz
        pngcrush pngquant pocl policycoreutils poppler-utils postgis ppp privoxy psmisc pulseaudio pulseaudio-utils puppet
        pv pwgen qgis qpdf quota rclone recordmydesktop redhat-lsb redhat-lsb-core redis-tools rename restic ripgrep rlwrap
        rng-tools rpm rrdtool rsync rtmpdump s3cmd s3fs samba-client samtools schedtool screen sed sendemail setpriv sfdisk
        shellcheck shfmt siege skopeo skopeo-containers smartmontools smbclient snmp snmpd-utils socat sox spamassassin
        spawn-fcgi sqlite sqlite3 squashfs-tools sshfs sshpass ssl-cert ssl_client ssmtp stress stress-ng stunnel stunnel4
        su-exec subversion svgo syslinux sysvinit-tools tabix tcpdump tcptraceroute terraform tesseract tesseract-ocr
        thin-provisioning-tools tidy time tini tini-static tmux traceroute tshark ttyd u-boot-tools uidmap unar
        universal-ctags unoconv unrar unrar-free usbutils util-linux uuid uuid-runtime uuidgen valgrind vlc vmtouch w3m
        wait-for-it wait4ports webp websockify weechat which whois wine wireguard-tools wireless-tools wkhtmltopdf wrk
        x11vnc xauth xclip xdg-utils xdotool xfce4 xfonts-utils xfsprogs xinit xmlsec1 xmlstarlet xmlto xorg xorriso xpdf
        xsel xsltproc xterm xvfb xxd xxhash yamllint youtube-dl yt-dlp zfs zstd zsync
    """,
    # They run the application, and what brings one along: Debian's maven installs a Java.
    "interpreter": """
        R R-core R-dev R-devel ant bundler clojure composer cpanminus crystal default-jdk default-jdk-headless default-jre
        default-jre-headless ghc gradle groovy hhvm ipython java java-headless jruby jruby-irb julia kotlin leiningen lua
        luarocks maven nodejs nodejs-current nodejs-legacy nodejs-lts nodejs-nodemon nodejs-npm npm nuget ocaml octave opam
        oracle-java7-installer oracle-java8-installer oracle-java8-set-default oracle-java9-installer perl perl-base
        perl-modules perl-utils php-all-dev php-pear pipenv py-pip py-setuptools py-virtualenv py2-pip py2-setuptools
        py3-pip py3-setuptools py3-virtualenv py3-wheel python-is-python2 python-is-python3 python-pip-whl r-base
        r-base-core r-base-dev racket rebar ruby ruby-bundler ruby-full ruby-rdoc rubygem-bundler rubygems
        rubygems-integration sbcl sbt scala tcc virtualenv yarn yarnpkg
    """,
    # Servers and what supervises them.
    "service": """
        MariaDB-server amavisd-new anacron asterisk avahi bind bind9 caddy cherokee chrony clamav collectd consul coturn
        cron cronie crontabs darkhttpd dbus dcron dnscrypt-proxy dnsmasq dnsmasq-dnssec dovecot dropbear elasticsearch envoy
        etcd exim exim4 fail2ban fcgiwrap fetchmail freeradius frp gitlab-runner haproxy heartbeat icecast icecast2 influxdb
        init-system-helpers initscripts jenkins jetty keepalived kibana libreswan libvirt-daemon-system lighttpd logstash
        memcached minidlna mongodb mongodb-org mongodb-tools monit mosquitto munge munin murmur n2n neo4j nfs-ganesha
        nfs-ganesha-vfs nscd nslcd ntp ntpd nut opendkim opendmarc openldap openrc openssh openvpn pdns
        percona-server-server-5.6 pgbouncer pgpool2 postfix postgrey procmail proftpd-basic prosody pure-ftpd quagga
        roundcube rpcbind rsyslog runit s6 s6-overlay salt-master salt-minion samba sasl2-bin sendmail sing-box slapd
        slurm-wlm slurmd snmpd solr ssh strongswan supervisor syslog-ng systemd systemd-sysv tarantool telegraf tftpd-hpa
        tightvncserver tinc tinc-pre tinyproxy tomcat8 tomcat9 tor udev unbound valkey varnish vsftpd wsdd xinetd xl2tpd
        xrdp zabbix-agent zookeeper zookeeperd
    """,
}

PATTERNS: tuple[tuple[Purpose, str], ...] = (
    # For names that stand in no list; the first one that fits the whole name counts.
    # -- compilers and headers of one version (gcc-12, python3.12-dev), and repositories of Oracle Linux
    ("build", r"(gcc|g\+\+|cpp|clang|cmake|automake|autoconf|golang|cargo|rustc)-?\d[\d.]*"),
    ("build", r"(python|python[23]|python[23]\.?\d+|python\d\d)-dev(el)?"),
    ("build", r"ruby\d[\d.]*-dev(el)?"),
    ("build", r"lib(gcc|stdc\+\+)-\d[\d.]*-dev"),
    ("build", r"oracle(-[a-z0-9.-]{1,40})?-release-el\d+"),
    # -- texts for people
    ("tool", r"[a-z0-9.+-]{1,60}-(doc|docs|bash-completion|zsh-completion|fish-completion)"),
    # -- fonts, languages, dictionaries
    ("data", r"(fonts|font|ttf|otf|xfonts|language-pack|glibc-langpack|icu-data)-[a-z0-9.+-]{1,60}"),
    ("data", r"[a-z0-9.+-]{1,60}-(fonts|fonts-common)"),
    ("data", r"(hunspell|aspell|myspell|hyphen|mythes)-[a-z]{2}(-[a-z]{2})?"),
    ("data", r"tesseract-ocr-(data-)?(?!dev|all)[a-z]{3}(-[a-z]{3,4})?"),
    # -- headers of shared libraries
    ("library", r"(?!php|java|mono|erlang)[a-zA-Z0-9.+_-]{1,80}-(dev|devel|lib|libs|headers)"),
    # -- interpreters, with their versions and parts that are programs
    ("interpreter", r"(python|pypy)[23]?\.?\d*(-(minimal|full|venv|distutils|pip|setuptools|wheel|virtualenv))?"),
    ("interpreter", r"php[\d.]*(-(cli|fpm|cgi|common|embed|phpdbg|dev|devel))?"),
    ("interpreter", r"nodejs-?\d+(-npm)?"),
    ("interpreter", r"(openjdk|java|temurin|zulu|msopenjdk)-?\d[a-z0-9.+-]{0,60}"),
    ("interpreter", r"(ruby|lua|tcl|perl|guile|erlang)-?\d[\d.]*"),
    ("interpreter", r"(dotnet|aspnetcore|mono|erlang|elixir|openjfx)[a-z0-9.-]{0,60}"),
    # -- programs that are packed beside a library
    ("runtime", r"lib[a-z0-9.+-]{1,60}-(bin|tools|utils|progs|clients|daemon)"),
    (
        "runtime",
        r"(libreoffice|texlive|imagemagick|graphicsmagick|google-chrome|chromium|firefox|docker|qemu)[a-z0-9.-]{0,60}",
    ),
    (
        "runtime",
        r"(mysql|mariadb|postgresql)-?[\d.]*-client(-[\d.]+)?|(mysql|mariadb|postgresql)-client-[a-z0-9.]{1,20}",
    ),
    ("runtime", r"(x11|xfce4|kubectl|gnome|kde)-[a-z0-9.-]{1,60}"),
    # -- libraries: shared ones, modules of interpreters and of servers
    ("library", r"lib[a-zA-Z0-9.+_~-]{1,80}"),
    ("library", r"(python|python[23]|python\d\.?\d+|py|py2|py3|py3\.\d+)-[a-zA-Z0-9.+_-]{1,80}"),
    ("library", r"(php|php[\d.]+|perl|ruby|ruby[\d.]+|rubygem|lua|lua[\d.]+|node|r-cran|r-bioc)-[a-zA-Z0-9.+_-]{1,80}"),
    ("library", r"(gir1\.2|gstreamer1\.0|gst|gconf|qt[456][a-z]*|kf[56]|mesa)-[a-zA-Z0-9.+_-]{1,80}"),
    ("library", r"(cuda|nvidia|oracle-instantclient[\d.]*)-[a-zA-Z0-9.+_-]{1,80}"),
    ("library", r"postgresql-server-dev-[a-z0-9.]{1,20}"),
    # -- servers
    ("service", r"(nginx|apache2|httpd|postgresql|mysql|mariadb|redis|uwsgi|squid|unit)-?[\d.]*(-[a-z0-9.+-]{1,60})?"),
    (
        "service",
        r"(dovecot|postfix|exim4?|samba|openldap|freeradius|clamav|collectd|pdns|xserver|tomcat\d*)-[a-z0-9.+-]{1,60}",
    ),
    ("service", r"[a-z0-9.+-]{1,60}-(server|daemon|openrc)"),
)
"""Purpose and regular expression, in the order in which they are tried; every repetition is bounded or of one class."""

RUNTIME_LIBRARIES: dict[Distro, str] = {
    # Debian 13, all of them names that a package list of a hardened image had on 2026-08-22. Also libraries of Debian 12 whose
    # successor has the same soname under a new name (libssl3), and what the results of compilers load.
    "debian": """
        build-essential=libstdc++6 cargo=libgcc-s1 clang=libstdc++6 default-libmysqlclient-dev=libmariadb3 g++=libstdc++6
        gcc=libgcc-s1 gfortran=libgfortran5 libaio-dev=libaio1t64 libaio1=libaio1t64 libapr1-dev=libapr1t64
        libaprutil1-dev=libaprutil1t64 libargon2-dev=libargon2-1 libasound2-dev=libasound2t64 libasound2=libasound2t64
        libatk-bridge2.0-0=libatk-bridge2.0-0t64 libatk1.0-0=libatk1.0-0t64 libatspi2.0-0=libatspi2.0-0t64
        libavif-dev=libavif16 libblkid-dev=libblkid1 libbrotli-dev=libbrotli1 libbsd-dev=libbsd0 libbz2-dev=libbz2-1.0
        libc-ares-dev=libc-ares2 libcap-dev=libcap2 libcap-ng-dev=libcap-ng0 libcups2-dev=libcups2t64 libcups2=libcups2t64
        libcurl3-gnutls=libcurl3t64-gnutls libcurl4-gnutls-dev=libcurl3t64-gnutls libcurl4-openssl-dev=libcurl4t64
        libcurl4=libcurl4t64 libdb-dev=libdb5.3t64 libdb5.3-dev=libdb5.3t64 libdb5.3=libdb5.3t64 libdbus-1-dev=libdbus-1-3
        libdeflate-dev=libdeflate0 libedit-dev=libedit2 libelf-dev=libelf1t64 libelf1=libelf1t64 libexpat1-dev=libexpat1
        libffi-dev=libffi8 libfontconfig-dev=libfontconfig1 libfontconfig1-dev=libfontconfig1 libfreetype-dev=libfreetype6
        libfreetype6-dev=libfreetype6 libfuse-dev=libfuse2t64 libfuse2=libfuse2t64 libgcrypt20-dev=libgcrypt20
        libgdbm-compat-dev=libgdbm-compat4t64 libgdbm-compat4=libgdbm-compat4t64 libgdbm-dev=libgdbm6t64
        libgdbm6=libgdbm6t64 libglib2.0-0=libglib2.0-0t64 libglib2.0-dev=libglib2.0-0t64 libgnutls28-dev=libgnutls30t64
        libgnutls30=libgnutls30t64 libgpg-error-dev=libgpg-error0 libgtk-3-0=libgtk-3-0t64 libibverbs-dev=libibverbs1
        libicu-dev=libicu76 libjemalloc-dev=libjemalloc2 libjpeg-dev=libjpeg62-turbo libjpeg62-turbo-dev=libjpeg62-turbo
        libjson-c-dev=libjson-c5 libkeyutils-dev=libkeyutils1 libkrb5-dev=libgssapi-krb5-2 liblcms2-dev=liblcms2-2
        libldap-dev=libldap2 libldap2-dev=libldap2 liblmdb-dev=liblmdb0 libltdl-dev=libltdl7 liblua5.1-0-dev=liblua5.1-0
        liblua5.2-dev=liblua5.2-0 liblua5.3-dev=liblua5.3-0 liblua5.4-dev=liblua5.4-0 liblz4-dev=liblz4-1
        liblzma-dev=liblzma5 libmagic-dev=libmagic1t64 libmagic1=libmagic1t64 libmariadb-dev-compat=libmariadb3
        libmariadb-dev=libmariadb3 libmicrohttpd-dev=libmicrohttpd12t64 libmicrohttpd12=libmicrohttpd12t64
        libmnl-dev=libmnl0 libnghttp2-dev=libnghttp2-14 libnl-3-dev=libnl-3-200 libnl-genl-3-dev=libnl-genl-3-200
        libnotify-dev=libnotify4 libnspr4-dev=libnspr4 libnss3-dev=libnss3 libnuma-dev=libnuma1 libonig-dev=libonig5
        libopenjp2-7-dev=libopenjp2-7 libopus-dev=libopus0 libpam0g-dev=libpam0g libpcap-dev=libpcap0.8t64
        libpcap0.8-dev=libpcap0.8t64 libpcap0.8=libpcap0.8t64 libpcre2-dev=libpcre2-8-0 libpng-dev=libpng16-16t64
        libpng16-16=libpng16-16t64 libpq-dev=libpq5 libprotobuf-c-dev=libprotobuf-c1 librabbitmq-dev=librabbitmq4
        libre2-dev=libre2-11 libreadline-dev=libreadline8t64 libreadline8=libreadline8t64 libsasl2-dev=libsasl2-2
        libseccomp-dev=libseccomp2 libsecret-1-dev=libsecret-1-0 libselinux1-dev=libselinux1 libsnappy-dev=libsnappy1v5
        libsndfile1-dev=libsndfile1 libsnmp40=libsnmp40t64 libsodium-dev=libsodium23 libsqlite3-dev=libsqlite3-0
        libssh-dev=libssh-4 libssh2-1-dev=libssh2-1t64 libssh2-1=libssh2-1t64 libssl-dev=libssl3t64 libssl3=libssl3t64
        libsystemd-dev=libsystemd0 libtiff-dev=libtiff6 libtirpc-dev=libtirpc3t64 libtirpc3=libtirpc3t64
        libudev-dev=libudev1 libunwind-dev=libunwind8 liburing-dev=liburing2 libuv1-dev=libuv1t64 libuv1=libuv1t64
        libx11-dev=libx11-6 libxcb1-dev=libxcb1 libxcomposite-dev=libxcomposite1 libxcursor-dev=libxcursor1
        libxdamage-dev=libxdamage1 libxext-dev=libxext6 libxfixes-dev=libxfixes3 libxft-dev=libxft2 libxi-dev=libxi6
        libxkbcommon-dev=libxkbcommon0 libxml2-dev=libxml2 libxrandr-dev=libxrandr2 libxrender-dev=libxrender1
        libxslt1-dev=libxslt1.1 libxss-dev=libxss1 libxt-dev=libxt6t64 libxt6=libxt6t64 libxtst-dev=libxtst6
        libyaml-dev=libyaml-0-2 libz-dev=zlib1g libzip-dev=libzip5 libzstd-dev=libzstd1 rustc=libgcc-s1 tcl-dev=libtcl8.6
        tcl8.6-dev=libtcl8.6 tk-dev=libtk8.6 tk8.6-dev=libtk8.6 unixodbc-dev=libodbc2 uuid-dev=libuuid1 zlib1g-dev=zlib1g
    """,
    "alpine": """
        alpine-sdk=libstdc++ argon2-dev=argon2-libs brotli-dev=brotli-libs build-base=libstdc++ bzip2-dev=libbz2
        c-ares-dev=c-ares cargo=libgcc clang=libstdc++ curl-dev=libcurl cyrus-sasl-dev=libsasl expat-dev=expat
        freetype-dev=freetype g++=libstdc++ gcc=libgcc gdbm-dev=gdbm gfortran=libgfortran giflib-dev=giflib
        gnutls-dev=gnutls icu-dev=icu-libs jemalloc-dev=jemalloc jpeg-dev=libjpeg-turbo krb5-dev=krb5-libs lcms2-dev=lcms2
        libedit-dev=libedit libevent-dev=libevent libffi-dev=libffi libgcrypt-dev=libgcrypt libjpeg-turbo-dev=libjpeg-turbo
        libmemcached-dev=libmemcached-libs libpng-dev=libpng libpq-dev=libpq librdkafka-dev=librdkafka
        libselinux-dev=libselinux libsodium-dev=libsodium libssh2-dev=libssh2 libstdc++-dev=libstdc++ liburing-dev=liburing
        libuv-dev=libuv libxml2-dev=libxml2 libxslt-dev=libxslt libzip-dev=libzip linux-pam-dev=linux-pam lmdb-dev=lmdb
        lz4-dev=lz4-libs mariadb-connector-c-dev=mariadb-connector-c mariadb-dev=mariadb-connector-c mpdecimal-dev=mpdecimal
        ncurses-dev=ncurses-libs nghttp2-dev=nghttp2-libs oniguruma-dev=oniguruma openldap-dev=libldap openssl-dev=libssl3
        pcre2-dev=pcre2 postgresql-dev=libpq readline-dev=readline rust=libgcc snappy-dev=snappy sqlite-dev=sqlite-libs
        tiff-dev=tiff unixodbc-dev=unixodbc xz-dev=xz-libs yaml-dev=yaml zlib-dev=zlib zstd-dev=zstd-libs
    """,
}
"""``package=library`` by distribution, sorted.

A development package of several libraries has a row only if what is linked to it is known to need that one, or to get the others
along with it. So libncurses-dev, libevent-dev, libwebp-dev and libboost-all-dev have none.
"""
