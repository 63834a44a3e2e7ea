"""What the facts layer says of a RUN, as one line a fact; whole outputs over tables of real-looking lines."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import pytest

import dhi_migrate.rules.facts as facts_package
from dhi_migrate.dockerfile import build_graph, parse
from dhi_migrate.rules.facts import RunFacts, StageFacts, stage_facts
from dhi_migrate.rules.facts.programs import MODULES


def facts_of(text: str) -> StageFacts:
    """The facts of the last stage of the Dockerfile `text`."""
    return stage_facts(build_graph(parse(text.encode())).stages[-1])


def summary(facts: RunFacts) -> list[str]:
    """Each fact of a RUN as a line, then what is left over and the pure kind."""
    lines = []
    for one in facts.packages:
        names = [f"{package.name}={package.version}" if package.version else package.name for package in one.packages]
        marks = [word for word, told in (("(opaque)", one.opaque), ("(repository)", one.repository)) if told]
        lines.append(" ".join([one.manager, one.action, *names, *marks]))
    for account in facts.accounts:
        more = {
            "uid": account.uid,
            "gid": account.gid,
            "primary": account.primary,
            "groups": ",".join(account.groups),
            "home": account.home,
        }
        told = [f"{key}={value}" for key, value in more.items() if value not in {None, ""}]
        lines.append(" ".join([account.action, account.name or "?", *told, *(["system"] if account.system else [])]))
    for owner in facts.ownerships:
        lines.append(f"own {owner.owner}:{owner.group}{' -R' if owner.recursive else ''} {' '.join(owner.paths)}")
    for mode in facts.modes:
        lines.append(f"mode {mode.mode}{' -R' if mode.recursive else ''} {' '.join(mode.paths)}")
    for path in facts.written:
        lines.append(f"{path.kind} {path.path}" + (f" < {path.source}" if path.source else ""))
    for language in facts.languages:
        where = {True: " everywhere", False: " apart", None: ""}[language.is_global]
        options = [f"[{option}]" for option in language.options]
        lines.append(" ".join(filter(None, [language.tool, language.action, *language.packages, *options])) + where)
    for build in facts.builds:
        linked = {True: " static", False: " dynamic", None: ""}[build.static]
        outputs = [f"-> {output}" for output in build.outputs]
        lines.append(" ".join(filter(None, ["build", build.tool, build.action, *outputs])) + linked)
    for download in facts.downloads:
        target = [f"-> {download.output}"] if download.output else []
        lines.append(" ".join(["get", download.tool, *download.urls, *target]))
    lines += [f"left {' '.join(word.raw for word in command.words)}" for command in facts.leftover]
    return [*lines, f"pure {facts.pure}"]


def check(run: str, expected: str) -> None:
    """Compare the facts of the one RUN `run` with the lines of `expected`, separated by semicolons."""
    (facts,) = facts_of(f"FROM debian\n{run}\n").runs
    assert summary(facts) == [line.strip() for line in expected.split(";") if line.strip()]


PACKAGES = {
    "RUN apt-get update && apt-get install -y --no-install-recommends curl git && rm -rf /var/lib/apt/lists/*": (
        "apt update; apt install curl git; removed /var/lib/apt/lists/*; pure packages"
    ),
    "RUN apt-get install -y nginx=1.22.* python3.11:amd64 libpq5=15.3-0+deb12u1 g++ libstdc++6": (
        "apt install nginx=1.22.* python3.11 libpq5=15.3-0+deb12u1 g++ libstdc++6; pure packages"
    ),
    "RUN apt-get -y install ./foo.deb /tmp/bar.deb wget": "apt install wget (opaque); pure packages",
    "RUN apt-get install -y $PKGS php${V}-fpm curl": "apt install curl (opaque); pure packages",
    "RUN apt-get install -y 'python3-*'": "apt install (opaque); pure packages",
    "RUN apt-get install -y pkg=$VERSION": "apt install pkg=$VERSION; pure packages",
    "RUN apt install curl/bookworm-backports": "apt install curl (repository); pure packages",
    "RUN xargs apt-get install -y < packages.txt": "apt install (opaque); pure packages",
    "RUN apt-get install -y $(cat packages.txt)": "apt install (opaque); pure packages",
    "RUN apt-get update && apt-get -y dist-upgrade && apt-get clean": (
        "apt update; apt upgrade; apt clean; pure cleanup"
    ),
    "RUN apt-get purge -y gcc && apt-get autoremove -y && apt-get autoremove -y make": (
        "apt remove gcc; apt clean; apt remove make; pure packages"
    ),
    "RUN apt update && apt upgrade -y curl vim": "apt update; apt upgrade curl vim; pure packages",
    "RUN apt-get build-dep -y nginx": "apt install (opaque); pure packages",
    "RUN DEBIAN_FRONTEND=noninteractive aptitude -y install vim": "apt install vim; pure packages",
    "RUN dpkg -i /tmp/x.deb || apt-get install -fy": "dpkg install (opaque); apt install; pure packages",
    "RUN dpkg --add-architecture i386 && apt-key add k.asc && add-apt-repository -y ppa:deadsnakes/ppa": (
        "dpkg other; apt other (repository); apt other (repository); pure packages"
    ),
    "RUN apk add --no-cache curl bash": "apk install curl bash; pure packages",
    "RUN apk --no-cache add -u --virtual .build-deps gcc musl-dev && apk del .build-deps": (
        "apk install gcc musl-dev; apk remove (opaque); pure packages"
    ),
    "RUN apk add -t build-deps gcc~=13 'openssl>3' nodejs@edge && apk upgrade --no-cache && rm -rf /var/cache/apk/*": (
        "apk install gcc=13 openssl=3 nodejs (repository); apk upgrade; removed /var/cache/apk/*; pure packages"
    ),
    "RUN apk add --no-cache -X http://dl-cdn.alpinelinux.org/alpine/edge/testing gosu@testing": (
        "apk install gosu (repository); pure packages"
    ),
    "RUN apk add --allow-untrusted glibc-2.35.apk so:libssl.so.3 !busybox": "apk install (opaque); pure packages",
    "RUN yum -y update && yum install -y --enablerepo=epel gcc-c++ java-1.8.0-openjdk nodejs-18.12.1-1.el8.x86_64": (
        "yum upgrade; yum install gcc-c++ java-1.8.0-openjdk nodejs=18.12.1-1.el8 (repository); pure packages"
    ),
    "RUN yum install -y https://example.com/epel-release.rpm && yum clean all && rm -rf /var/cache/yum": (
        "yum install (opaque); yum clean; removed /var/cache/yum; pure packages"
    ),
    "RUN dnf -y install --setopt=install_weak_deps=False --installroot /mnt/rootfs glibc && dnf clean all": (
        "dnf install glibc; dnf clean; pure packages"
    ),
    "RUN dnf groupinstall -y 'Development Tools' && dnf module enable nodejs:18 && dnf install @perl": (
        "dnf install (opaque); dnf other; dnf install (opaque); pure packages"
    ),
    "RUN microdnf install -y tar && microdnf clean all": "microdnf install tar; microdnf clean; pure packages",
    "RUN tdnf install -y --releasever=3.0 ca-certificates && tdnf clean all": (
        "tdnf install ca-certificates; tdnf clean; pure packages"
    ),
    "RUN zypper --non-interactive --gpg-auto-import-keys in -y --from repo1 curl && zypper cc -a": (
        "zypper install curl (repository); zypper clean; pure packages"
    ),
    "RUN zypper ref && zypper -n in -t pattern devel_basis && zypper rm -y vim": (
        "zypper update; zypper install devel_basis (opaque); zypper remove vim; pure packages"
    ),
    "RUN pacman -Syu --noconfirm git base-devel && pacman -Scc --noconfirm && pacman -Rns vim": (
        "pacman install git base-devel; pacman clean; pacman remove vim; pure packages"
    ),
    "RUN rpm -Uvh https://x/y.rpm && rpm --import https://x/key && rpm -qa && rpm -e foo": (
        "rpm install (opaque); rpm other (repository); rpm other; rpm remove foo; pure packages"
    ),
}

ACCOUNTS = {
    "RUN useradd -ms /bin/bash app": "user app; pure accounts",
    "RUN groupadd -r -g 999 app && useradd -r -u 999 -g app -d /srv/app -G sudo,www-data app": (
        "group app gid=999 system; user app uid=999 primary=app groups=sudo,www-data home=/srv/app system;pure accounts"
    ),
    "RUN useradd --uid=1001 --gid 0 --no-log-init -l app && mkdir -p /data && chown app:0 /data": (
        "user app uid=1001 gid=0 primary=0; own app:0 /data; directory /data; pure accounts"
    ),
    "RUN useradd -u $UID $NAME": "user ?; pure accounts",
    "RUN addgroup -S app && adduser -S -G app -h /app -g 'A user' app": (
        "group app system; user app primary=app home=/app system; pure accounts"
    ),
    "RUN addgroup -g 1001 -S nodejs && adduser -S nextjs -u 1001": (
        "group nodejs gid=1001 system; user nextjs uid=1001 primary=nogroup system; pure accounts"
    ),
    "RUN adduser -D -H -u 1000 app && addgroup app docker": (
        "user app uid=1000; change app groups=docker; pure accounts"
    ),
    "RUN adduser --system --no-create-home --gecos '' --group app": "user app system; pure accounts",
    "RUN adduser --system --uid 1001 app": "user app uid=1001 primary=nogroup system; pure accounts",
    "RUN adduser --disabled-password --gecos '' --home /h --ingroup staff app && adduser app sudo": (
        "user app primary=staff home=/h; change app groups=sudo; pure accounts"
    ),
    "RUN adduser -r -u 1001 -g 0 -m -d /home/x x": "user x uid=1001 gid=0 primary=0 home=/home/x system; pure accounts",
    "RUN usermod -u 1000 -aG docker www-data && groupmod -g 1000 www-data": (
        "change www-data uid=1000 groups=docker; change www-data gid=1000; pure accounts"
    ),
    "RUN usermod -l app -d /home/app node && groupmod -n app node": (
        "change node home=/home/app; user app primary=node home=/home/app; change node; group app; pure accounts"
    ),
    "RUN userdel -r node && deluser app sudo && delgroup games": (
        "delete node; change app; delete games; pure accounts"
    ),
    "RUN echo 'root:x' | chpasswd && passwd -d app && gpasswd -a app video": (
        "change ?; change app; change app groups=video; pure accounts"
    ),
}

FILES = {
    "RUN mkdir -p /data /logs && chown -R app:app /data && chmod -R g+rwX,o-w /data": (
        "own app:app -R /data; mode g+rwX,o-w -R /data; directory /data; directory /logs; pure files"
    ),
    "RUN chown app.staff /a && chown :www-data /b && chown 1000 /c && chgrp -R 0 /d && chown --from=root app: /e": (
        "own app:staff /a; own :www-data /b; own 1000: /c; own :0 -R /d; own app: /e; pure files"
    ),
    "RUN chown ${UID:-1000}:${GID} /x": "own ${UID:-1000}:${GID} /x; pure None",
    "RUN chmod -x /a && chmod 0755 /b /c && chmod -v +x run.sh": (
        "mode -x /a; mode 0755 /b /c; mode +x run.sh; pure files"
    ),
    "RUN install -d -o app -g app -m 0755 /data && install -m 755 bin/x /usr/local/bin/x": (
        "own app:app /data; mode 0755 /data; mode 755 /usr/local/bin/x; directory /data; file /usr/local/bin/x < bin/x;"
        "pure files"
    ),
    "RUN cp a b /dir/ && mv x.conf /etc/x.conf && ln -sf /bin/bash /bin/sh && ln -s /opt/tool && touch -d now f": (
        "file /dir/; file /etc/x.conf < x.conf; removed x.conf; link /bin/sh < /bin/bash; link tool < /opt/tool; file f;"
        "pure files"
    ),
    "RUN ln -sf /dev/stdout /var/log/nginx/access.log": "link /var/log/nginx/access.log < /dev/stdout; pure files",
    "RUN mkdir -p $HOME/x": "directory $HOME/x; pure None",
    "RUN rm -rf /app/*": "removed /app/*; pure None",
    "RUN rm -rf /tmp/* /var/tmp/* ~/.cache /root/.npm /usr/share/{doc,man}": (
        "removed /tmp/*; removed /var/tmp/*; removed ~/.cache; removed /root/.npm; removed /usr/share/{doc,man};"
        "pure cleanup"
    ),
    "RUN rm -rf /tmp/../app": "removed /tmp/../app; pure files",
    "RUN rm -rf /tmpfiles": "removed /tmpfiles; pure files",
    "RUN echo 'x=1' >> /etc/x.conf && echo hi > /dev/null && ls 2>&1": "file /etc/x.conf; pure None",
    "RUN sed -i.bak -e s/a/b/ /etc/a /etc/b && sed -ri 's/x/y/' /etc/c && sed s/a/b/ f": (
        "edited /etc/a; edited /etc/b; edited /etc/c; pure None"
    ),
    "RUN echo x | tee -a /etc/hosts": "file /etc/hosts; pure None",
    "RUN tar xzf a.tgz -C /opt --strip-components=1 && tar -xJf b.txz && tar xfC c.tar /d && tar tf d.tar": (
        "file /opt < a.tgz; file . < b.txz; file /d < c.tar; pure None"
    ),
    "RUN unzip -q a.zip -d /opt && gunzip x.gz && jar xf app.jar": (
        "file /opt < a.zip; file x < x.gz; file . < app.jar; pure None"
    ),
    "RUN mkdir -p /app && ./setup.sh": "directory /app; left ./setup.sh; pure None",
    "RUN { echo a; echo b; } > /etc/x && apt-get update": "apt update; pure None",
}

LANGUAGES = {
    "RUN pip install --no-cache-dir -r requirements.txt 'uvicorn[standard]==0.30' \"django>=4\"": (
        "pip install uvicorn[standard] django [--no-cache-dir] [-r requirements.txt]; pure language"
    ),
    "RUN python -m pip install --upgrade pip && pip3.12 install --user . && rm -rf /root/.cache": (
        "removed /root/.cache; pip install pip [--upgrade]; pip install . [--user] apart; pure language"
    ),
    "RUN python3 -m venv /opt/venv && /opt/venv/bin/pip install flask": (
        "directory /opt/venv; python venv apart; pip install flask apart; pure language"
    ),
    "RUN . /opt/venv/bin/activate && pip install flask": "pip install flask apart; pure language",
    "RUN uv pip install --system -r r.txt && uv sync --frozen --no-dev": (
        "uv pip [--system] [-r r.txt] everywhere; uv sync [--frozen] [--no-dev] apart; pure language"
    ),
    "RUN poetry config virtualenvs.create false && poetry install --no-root --only main": (
        "poetry install [--no-root] [--only main]; pure language"
    ),
    "RUN pipenv install --system --deploy && conda install -y -c conda-forge numpy=1.26 && conda clean -afy": (
        "pipenv install [--system] [--deploy] everywhere; conda install numpy [-y] [-c conda-forge] everywhere;"
        "pure language"
    ),
    "RUN npm ci --omit=dev && npm cache clean --force": "npm ci [--omit=dev] apart; pure language",
    "RUN npm install -g npm@latest @angular/cli@17": "npm install npm @angular/cli [-g] everywhere; pure language",
    "RUN npm i --prefix web express": "npm i express [--prefix web] apart; pure language",
    "RUN corepack enable && pnpm install --frozen-lockfile && yarn --frozen-lockfile && yarn global add serve": (
        "corepack enable everywhere; pnpm install [--frozen-lockfile] apart; yarn [--frozen-lockfile] apart;"
        "yarn global serve everywhere; pure language"
    ),
    "RUN bun install --production": "bun install [--production] apart; pure language",
    "RUN gem install bundler:2.4 && bundle install --jobs 4 --deployment": (
        "gem install bundler everywhere; bundle install [--jobs 4] [--deployment] apart; pure language"
    ),
    "RUN composer install --no-dev && composer global require acme/x:^1 && php composer.phar install": (
        "composer install [--no-dev] apart; composer global acme/x everywhere; composer install apart; pure language"
    ),
    "RUN go mod download && go install golang.org/x/tools/gopls@latest && go get ./...": (
        "go mod apart; go install golang.org/x/tools/gopls everywhere; go get ./... apart; pure language"
    ),
    "RUN cargo fetch --locked && cargo install --locked sqlx-cli@0.7": (
        "cargo fetch [--locked] apart; cargo install sqlx-cli [--locked] everywhere; pure language"
    ),
    "RUN mvn -B dependency:go-offline && ./gradlew dependencies --no-daemon": (
        "mvn dependency:go-offline apart; gradle dependencies apart; pure language"
    ),
    "RUN dotnet restore App.csproj -r linux-x64 && dotnet tool install -g dotnet-ef --version 8.0": (
        "dotnet restore [-r linux-x64] apart; dotnet tool dotnet-ef [-g] [--version 8.0] everywhere; pure language"
    ),
    "RUN docker-php-ext-configure gd --with-jpeg && docker-php-ext-install -j$(nproc) gd && pecl install redis-6.0": (
        "docker-php-ext-configure gd [--with-jpeg] everywhere; docker-php-ext-install gd [-j$(nproc)] everywhere;"
        "pecl install redis everywhere; pure language"
    ),
    "RUN cpanm --notest DBI@1.643 && mix local.hex --force && mix deps.get --only prod": (
        "cpanm DBI [--notest] everywhere; mix local.hex [--force] apart; mix deps.get [--only prod] apart; pure language"
    ),
    "RUN R -e \"install.packages(c('dplyr', 'shiny'), repos='https://cran.r-project.org')\"": (
        "R install.packages dplyr shiny everywhere; pure language"
    ),
    "RUN pip --version && npm -v && go version": "pure None",
    "RUN pip uninstall -y setuptools": "pure language",
}

BUILDS = {
    "RUN CGO_ENABLED=0 GOOS=linux go build -ldflags='-s -w' -o /bin/app ./cmd/app": (
        "build go build -> /bin/app static; pure build"
    ),
    "RUN export CGO_ENABLED=0 && go build -o app .": "build go build -> app static; pure build",
    "RUN go build -ldflags '-linkmode external -extldflags \"-static\"' .": "build go build static; pure build",
    "RUN CGO_ENABLED=1 go build -tags netgo -o app": "build go build -> app dynamic; pure build",
    "RUN go build -tags netgo -o app": "build go build -> app; pure build",
    "RUN go build -ldflags '-extldflags -static-libgcc'": "build go build; pure build",
    "RUN cargo build --release --target x86_64-unknown-linux-musl": "build cargo build static; pure build",
    "RUN RUSTFLAGS='-C target-feature=+crt-static' cargo +nightly build": "build cargo build static; pure build",
    "RUN cargo build --release": "build cargo build; pure build",
    "RUN gcc -static -o hello hello.c && g++-12 -shared x.cc -ox.so && x86_64-linux-gnu-gcc a.c": (
        "build gcc -> hello static; build g++ -> x.so dynamic; build x86_64-linux-gnu-gcc; pure build"
    ),
    "RUN mvn -B -DskipTests clean package && ./mvnw verify -Pprod": ("build mvn package; build mvn verify; pure build"),
    "RUN ./gradlew clean build -x test --no-daemon && sbt assembly": (
        "build gradle build; build sbt assembly; pure build"
    ),
    "RUN dotnet publish App.csproj -c Release -o /app/publish": ("build dotnet publish -> /app/publish; pure build"),
    "RUN ./configure --prefix=/usr && make -j 4 && make install PREFIX=/x && cmake -S . -B out && cmake --build out": (
        "build configure; build make; build make install; build cmake -> out; build cmake build; pure build"
    ),
    "RUN npm run build && yarn build:prod && pnpm --filter web build && npx tsc --outDir dist && ng build": (
        "build npm build; build yarn build:prod; build pnpm build; build tsc -> dist; build ng build; pure build"
    ),
    "RUN python setup.py bdist_wheel && python -m build -o dist && python3 -m compileall .": (
        "build setup.py bdist_wheel; build build -> dist; build compileall; pure build"
    ),
    "RUN jlink --add-modules java.base --output /jre": "build jlink -> /jre; pure build",
    "RUN mix release && php artisan config:cache && SECRET_KEY_BASE=1 bundle exec rails assets:precompile": (
        "build mix release; build artisan config:cache; build rails assets:precompile; pure build"
    ),
    "RUN bundle exec jekyll build -d out": "build jekyll build -> out; pure build",
    "RUN npm ci && npm run build": "npm ci apart; build npm build; pure None",
    "RUN npm test": "left npm test; pure None",
}

DOWNLOADS = {
    "RUN curl -fsSLo /tmp/x.tgz https://example.com/x.tgz && tar -xzf /tmp/x.tgz -C /opt && rm /tmp/x.tgz": (
        "file /tmp/x.tgz; file /opt < /tmp/x.tgz; removed /tmp/x.tgz;"
        "get curl https://example.com/x.tgz -> /tmp/x.tgz; pure None"
    ),
    "RUN curl -LO https://example.com/a.zip?raw=1 -H 'A: b' --retry 3": (
        "file a.zip; get curl https://example.com/a.zip?raw=1 -> a.zip; pure None"
    ),
    "RUN curl -sL https://deb.nodesource.com/setup_18.x | bash -": (
        "get curl https://deb.nodesource.com/setup_18.x; left bash -; pure None"
    ),
    "RUN wget -qO- https://example.com/${V}/x | tar xz && wget -P /d https://e.com/f && wget https://e.com/g > /g": (
        "file .; file /d/f; file g; file /g; get wget; get wget https://e.com/f -> /d/f; get wget https://e.com/g -> g;"
        "pure None"
    ),
    "RUN git clone --depth 1 -b v1 https://github.com/a/b.git && git -C b checkout v2": (
        "file b; get git https://github.com/a/b.git -> b; left git -C b checkout v2; pure None"
    ),
}

TABLE = [*PACKAGES.items(), *ACCOUNTS.items(), *FILES.items(), *LANGUAGES.items(), *BUILDS.items(), *DOWNLOADS.items()]


@pytest.mark.parametrize(("run", "expected"), TABLE, ids=[run[4:70] for run, _ in TABLE])
def test_facts_of_a_run(run: str, expected: str) -> None:
    check(run, expected)


def test_programs_are_what_is_started_without_what_only_a_shell_has() -> None:
    facts = facts_of("FROM x\nRUN set -e; cd /app && sudo -u app npm ci && echo $(git rev-parse HEAD) && npm run x\n")
    assert facts.runs[0].programs == ("sudo", "npm", "git")
    assert facts_of('FROM x\nRUN ["echo", "x"]\n').runs[0].programs == ("echo",)


def test_spans_name_the_bytes_of_the_package() -> None:
    text = "FROM debian\nRUN apt-get install -y \\\n    curl=7.1 \\\n    git\n"
    (run,) = facts_of(text).runs
    (command,) = run.packages
    assert [text[package.span.start : package.span.end] for package in command.packages] == ["curl=7.1", "git"]


def test_what_a_stage_makes_and_installs() -> None:
    facts = facts_of(
        "FROM debian\nRUN apt-get install -y curl\nRUN groupadd g && useradd -g g app && useradd web\n"
        "RUN apt-get remove -y vim\nONBUILD RUN apt-get install -y late\n"
    )
    assert facts.installed == {"curl"}
    assert facts.created_users == {"app", "web"}
    assert facts.created_groups == {"g", "web"}
    assert len(facts.runs) == 3
    assert facts.run(facts.runs[1].instruction) is facts.runs[1]


@pytest.mark.parametrize(
    "shell", ['["powershell", "-Command"]', '["C:\\\\x\\\\pwsh.exe", "-c"]', '["cmd", "/S", "/C"]']
)
def test_other_shells_are_not_understood_in_full(shell: str) -> None:
    facts = facts_of(f'FROM a AS base\nSHELL {shell}\nFROM base\nRUN rm -rf x\nRUN ["apt-get", "update"]\n')
    assert [run.script.ok for run in facts.runs] == [False, True]
    assert [run.pure for run in facts.runs] == [None, "cleanup"]


def test_the_table_of_programs_is_that_of_the_readers() -> None:
    folder = Path(facts_package.__file__).parent
    readers: dict[str, set[str]] = {}
    for one in folder.glob("*.py"):
        if "\nREADERS" in one.read_text(encoding="utf-8"):
            for name in import_module(f"dhi_migrate.rules.facts.{one.stem}").READERS:
                readers.setdefault(name, set()).add(one.stem)
    assert {name: set(modules) for name, modules in MODULES.items()} == readers
