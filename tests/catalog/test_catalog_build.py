"""The catalog as built from checkouts of files."""

from __future__ import annotations

import os

import pytest
from checkouts import ALPINE, DEBIAN, INFO, make_checkout, with_packages

from dhi_migrate.catalog.build import CatalogBuildError, build_catalog
from dhi_migrate.catalog.build.write import write_catalog
from dhi_migrate.catalog.model import Account, PathEntry
from dhi_migrate.catalog.record import decode_image, encode_image


def build_one(base, text, path="demo/debian-13/1.yaml", packages=None, others=None):
    checkout = make_checkout(base, {path: text, **(others or {})}, packages)
    name = path.split("/")[0]
    image = next(image for image in build_catalog(checkout).images if image.name == name)
    return next(one for one in image.definitions if one.source == f"image/{path}")


def problems_of(base, definitions=None, previous=0, packages=None):
    checkout = make_checkout(base, definitions, packages)
    with pytest.raises(CatalogBuildError) as caught:
        build_catalog(checkout, previous_definitions=previous)
    return [str(problem) for problem in caught.value.problems]


def test_a_definition_becomes_its_facts(tmp_path):
    one = build_one(tmp_path, DEBIAN)
    assert one.tags == ("1", "1.2", "1.2.3", "1-debian13")
    assert (one.version, one.edition, one.distro, one.release, one.variant) == (
        "1.2.3",
        None,
        "debian",
        "13",
        "runtime",
    )
    assert (one.user, one.uid, one.gid) == ("nonroot", 65532, 65532)
    assert one.accounts == (Account("nonroot", 65532, 65532),)
    assert (one.packages, one.packages_complete) == (("base-files",), True)
    assert (one.shells, one.bin_sh, one.package_manager) == ((), False, None)
    assert (one.released, one.end_of_life, one.end_of_life_cause) == ("2025-05-06", "2028-08-09", "distribution")
    assert (one.workdir, one.workdir_writable) == (None, False)
    assert decode_image(encode_image(build_catalog(str(tmp_path / "checkout")).images[0])).definitions == (one,)


@pytest.mark.parametrize(
    ("text", "packages", "shells", "bin_sh"),
    [
        (DEBIAN, ["bash"], ("/bin/bash", "/bin/sh"), True),
        (DEBIAN, ["dash"], ("/bin/dash", "/bin/sh"), True),
        (DEBIAN, ["'!dash'"], (), False),
        (DEBIAN, ["busybox=1:1.37.0-6"], ("/bin/busybox",), False),
        (DEBIAN, ["ca-certificates"], (), False),
        (ALPINE, ["busybox"], ("/bin/ash", "/bin/busybox", "/bin/sh"), True),
        (ALPINE, ["bash=5.3-r0"], ("/bin/bash", "/bin/sh"), True),
        (ALPINE, ["ca-certificates"], (), None),
        (ALPINE, ["ca-certificates-bundle"], (), False),
        (ALPINE, ["dash"], ("/usr/bin/dash",), False),
    ],
)
def test_shells_follow_from_the_packages_of_each_distribution(tmp_path, text, packages, shells, bin_sh):
    path = "demo/debian-13/1.yaml" if text is DEBIAN else "demo/alpine-3.24/1.yaml"
    one = build_one(tmp_path, with_packages(text, *packages), path)
    assert (one.shells, one.bin_sh) == (shells, bin_sh)


def test_links_to_busybox_are_shells(tmp_path):
    text = with_packages(DEBIAN, "busybox") + (
        "paths:\n  - type: symlink\n    path: /usr/bin/sh\n    source: /usr/bin/busybox\n    uid: 0\n    gid: 0\n"
    )
    one = build_one(tmp_path, text)
    assert one.bin_sh is True
    assert dict(one.shell_origins)["/bin/sh"] == "link in the definition"


def test_a_build_that_installs_busybox_makes_shells_where_its_output_goes(tmp_path):
    build = (
        "  builds:\n    - name: links\n      pipeline:\n        - runs: |\n            busybox --install -s /usr/bin\n"
        "      outputs:\n        - source: /usr/bin\n          target: {target}\n          uid: 0\n          gid: 0\n"
    )
    text = with_packages(DEBIAN, "busybox").replace("accounts:\n", build + "accounts:\n", 1)
    assert build_one(tmp_path / "a", text.replace("{target}", "/usr/bin")).bin_sh is True
    assert build_one(tmp_path / "b", text.replace("{target}", "/opt/x")).bin_sh is False


ARTIFACT = (
    "  artifacts:\n    - name: {name}\n      includes: {includes}\n      excludes: {excludes}\n"
    "      uid: 0\n      gid: 0\n"
)


def with_artifact(text, name, includes="[]", excludes="[]"):
    entry = ARTIFACT.format(name=name, includes=includes, excludes=excludes)
    return text.replace("accounts:\n", f"{entry}accounts:\n", 1)


@pytest.mark.parametrize(
    ("includes", "excludes", "expected"),
    [
        ("[]", "[]", True),
        ("['**']", "[]", True),
        ("['usr/**', 'opt/**']", "[]", True),
        ("[usr]", "[]", True),
        ("['usr/bin/bash', 'usr/bin/sh']", "[]", True),
        ("['usr/bin/*']", "[]", True),
        ("[usr/bin/bash]", "[]", False),
        ("['opt/**']", "[]", False),
        ("[]", "['usr/bin']", False),
        ("['**']", "['usr/bin/sh']", False),
    ],
)
def test_shells_come_along_with_files_of_another_image(tmp_path, includes, excludes, expected):
    other = with_packages(DEBIAN.replace("dhi.io/demo", "dhi.io/base"), "bash")
    text = with_artifact(DEBIAN, "dhi.io/base:1-debian13@sha256:" + "a" * 64, includes, excludes)
    one = build_one(tmp_path, text, others={"base/debian-13/1.yaml": other})
    assert one.bin_sh is expected
    assert one.inherits == ("dhi.io/base:1-debian13",)


def test_files_of_an_image_that_takes_files_itself_come_along_too(tmp_path):
    inner = with_packages(DEBIAN.replace("dhi.io/demo", "dhi.io/inner"), "dash")
    middle = with_artifact(DEBIAN.replace("dhi.io/demo", "dhi.io/middle"), "dhi.io/inner:1")
    others = {"inner/debian-13/1.yaml": inner, "middle/debian-13/1.yaml": middle}
    one = build_one(tmp_path, with_artifact(DEBIAN, "dhi.io/middle:1"), others=others)
    assert dict(one.shell_origins)["/bin/sh"] == "copied from dhi.io/middle:1"


def test_images_that_take_files_in_a_circle_are_a_problem(tmp_path):
    other = with_artifact(DEBIAN.replace("dhi.io/demo", "dhi.io/base"), "dhi.io/demo:1")
    text = with_artifact(DEBIAN, "dhi.io/base:1")
    found = problems_of(tmp_path, {"demo/debian-13/1.yaml": text, "base/debian-13/1.yaml": other})
    assert found == [
        "image/base/debian-13/1.yaml:22: takes files in a circle",
        "image/demo/debian-13/1.yaml:22: takes files in a circle",
    ]


def test_whole_file_systems_of_unknown_images_leave_the_shell_unknown(tmp_path):
    one = build_one(tmp_path / "a", with_artifact(DEBIAN, "dhi.io/demo:0.9@sha256:" + "a" * 64))
    assert (one.shells, one.bin_sh) == ((), None)
    one = build_one(tmp_path / "b", with_artifact(DEBIAN, "dhi.io/demo:0.9@sha256:" + "a" * 64, "['opt/**']"))
    assert one.bin_sh is False


def test_a_tag_that_is_gone_is_a_note_and_an_image_that_is_not_there_a_problem(tmp_path):
    checkout = make_checkout(tmp_path / "a", {"demo/debian-13/1.yaml": with_artifact(DEBIAN, "dhi.io/demo:0.9")})
    assert [str(note) for note in build_catalog(checkout).notes] == [
        "image/demo/debian-13/1.yaml:23: takes files from dhi.io/demo:0.9, whose definition is not here"
    ]
    assert problems_of(tmp_path / "b", {"demo/debian-13/1.yaml": with_artifact(DEBIAN, "dhi.io/nope:1")}) == [
        "image/demo/debian-13/1.yaml:23: takes files from dhi.io/nope:1, which is no image here"
    ]


@pytest.mark.parametrize(
    ("run_as", "extra", "expected"),
    [
        ("nonroot", "", ("nonroot", 65532, 65532)),
        ("root", "  root: true\n", ("root", 0, 0)),
        ('"65532"', "", ("65532", 65532, 65532)),
        ('"999"', "", ("999", 999, 0)),
        ('"1001:0"', "", ("1001:0", 1001, 0)),
        ('"nonroot:0"', "", ("nonroot:0", 65532, 0)),
        ('"0"', "", ("0", 0, 0)),
    ],
)
def test_run_as_is_a_name_or_a_number(tmp_path, run_as, extra, expected):
    one = build_one(tmp_path, DEBIAN.replace("  run-as: nonroot\n", f"  run-as: {run_as}\n{extra}"))
    assert (one.user, one.uid, one.gid) == expected


def test_root_is_an_account_only_where_the_definition_says_so(tmp_path):
    assert build_one(tmp_path / "a", DEBIAN).accounts == (Account("nonroot", 65532, 65532),)
    one = build_one(tmp_path / "b", DEBIAN.replace("  run-as:", "  root: true\n  run-as:"))
    assert one.accounts == (Account("root", 0, 0), Account("nonroot", 65532, 65532))
    assert one.groups == (Account("root", 0, 0), Account("nonroot", 65532, 65532))


@pytest.mark.parametrize(
    ("uid", "gid", "mode", "expected"),
    [
        (0, 0, "0755", False),
        (65532, 0, "0755", True),
        (65532, 0, "0555", False),
        (0, 65532, "0775", True),
        (0, 65532, "0755", False),
        (0, 0, "1777", True),
    ],
)
def test_the_working_directory_is_writable_by_owner_and_mode(tmp_path, uid, gid, mode, expected):
    text = DEBIAN + (
        f"work-dir: /app\npaths:\n  - type: directory\n    path: /app\n    uid: {uid}\n    gid: {gid}\n    mode: '{mode}'\n"
    )
    one = build_one(tmp_path, text)
    assert (one.workdir, one.workdir_writable) == ("/app", expected)
    assert one.paths == (PathEntry("/app", "directory", uid, gid, mode, None),)


def test_a_working_directory_that_nothing_makes_is_unknown_except_for_root(tmp_path):
    assert build_one(tmp_path / "a", DEBIAN + "work-dir: /srv\n").workdir_writable is None
    assert build_one(tmp_path / "b", DEBIAN + "work-dir: /tmp\n").workdir_writable is True
    root = DEBIAN.replace("run-as: nonroot", "run-as: root")
    assert build_one(tmp_path / "c", root + "work-dir: /srv\n").workdir_writable is True


INLINE = """\
    image: dhi.io/pkg-sdk
    tags: [1.0-debian13]
    contents:
      builds:
        - pipeline:
            - uses: abuild/apk@v1
              with:
                name: sdk-1
                oci-config:
                  environment:
                    SDK_HOME: /usr/lib/sdk
                    PATH: /usr/lib/sdk/bin:/usr/bin
                  paths:
                    - {type: directory, path: /sdk, uid: 65532, gid: 65532, mode: "0755"}
    """
WRITTEN = """\
    image: dhi.io/pkg-sdk
    contents:
      builds:
        - pipeline:
            - runs: |
                set -eux
                if [ "JRE" = "JDK" ]; then
                  SDK_VERSION_OCI="jdk-1"
                else
                  SDK_VERSION_OCI="jre-1"
                fi
                mkdir -p oci-config
                cat > "oci-config/sdk-1.yaml" << EOF
                environment:
                  SDK_HOME: /usr/lib/sdk
                  SDK_VERSION: $SDK_VERSION_OCI
                EOF
                cat << 'EOF' > "${target.dir}/opt/docker/config/sdk-1-raw.yaml"
                environment:
                  SDK_VERSION: $SDK_VERSION_OCI
                EOF
    """
RULES = """\
    override_dh_auto_install:
    \tinstall -d debian/tmp/opt/docker/config
    \tprintf '%s\\n' \\
    \t\t'environment:' \\
    \t\t'  SDK_HOME: /opt/sdk' \\
    \t\t> debian/tmp/opt/docker/config/sdk-1.yaml
    """


def test_packages_add_environment_and_paths_and_the_definition_has_the_last_word(tmp_path):
    text = with_packages(DEBIAN, "sdk-1-oci-config=1.0") + "environment:\n  PATH: /bin\n"
    one = build_one(tmp_path, text, packages={"deb/main/sdk/debian-13/1.yaml": INLINE})
    assert one.env == {"PATH": "/bin", "SDK_HOME": "/usr/lib/sdk"}
    assert one.paths == (PathEntry("/sdk", "directory", 65532, 65532, "0755", None),)


def test_configuration_in_here_documents_is_read_with_the_shell_variables_that_the_script_sets(tmp_path):
    packages = {"deb/main/sdk/debian-13/1.yaml": WRITTEN}
    one = build_one(tmp_path / "a", with_packages(DEBIAN, "sdk-1-oci-config"), packages=packages)
    assert one.env == {"SDK_HOME": "/usr/lib/sdk", "SDK_VERSION": "jre-1"}
    one = build_one(tmp_path / "b", with_packages(DEBIAN, "sdk-1-raw-oci-config"), packages=packages)
    assert one.env == {"SDK_VERSION": "$SDK_VERSION_OCI"}


def test_configuration_in_a_debian_rules_file_is_read(tmp_path):
    packages = {"deb/main/sdk/debian-13/debian/rules": RULES}
    assert build_one(tmp_path, with_packages(DEBIAN, "sdk-1-oci-config"), packages=packages).env == {
        "SDK_HOME": "/opt/sdk"
    }


def test_yaml_aliases_that_multiply_are_walked_once(tmp_path):
    lines = ["a0: &a0 {x: y}"] + [f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}, *a{n - 1}]" for n in range(1, 40)]
    bomb = "image: dhi.io/pkg-bomb # oci-config\n" + "\n".join(lines) + "\n"
    checkout = make_checkout(tmp_path, packages={"deb/main/bomb/debian-13/1.yaml": bomb})
    assert build_catalog(checkout).definitions == 1


def test_configuration_of_another_release_does_not_count_and_is_noted(tmp_path):
    text = with_packages(DEBIAN, "sdk-1-oci-config")
    checkout = make_checkout(tmp_path, {"demo/debian-13/1.yaml": text}, {"deb/main/sdk/debian-12/1.yaml": INLINE})
    built = build_catalog(checkout)
    assert built.images[0].definitions[0].env == {}
    assert [str(note) for note in built.notes] == [
        "image/demo/debian-13/1.yaml: package/ does not say what sdk-1-oci-config adds to the image"
    ]


def test_variables_of_the_definition_are_put_in_and_others_stay(tmp_path):
    text = (
        DEBIAN + "environment:\n  A: $VERSION\n  B: ${VERSION}-x\n  C: /lib:${LD_LIBRARY_PATH}\n  D: ${target.arch}\n"
    )
    assert build_one(tmp_path, text).env == {
        "A": "1.2.3",
        "B": "1.2.3-x",
        "C": "/lib:${LD_LIBRARY_PATH}",
        "D": "${target.arch}",
    }


def test_of_a_package_with_and_without_a_version_the_version_stays(tmp_path):
    one = build_one(tmp_path, with_packages(DEBIAN, "zlib", "zlib=1.3", "tool=1", "tool"))
    assert one.packages == ("zlib=1.3", "tool=1", "base-files")


@pytest.mark.parametrize(
    ("tags", "flavor", "expected"),
    [
        (["24", "24.19", "24.19.0", "24.19.0-0"], None, ("24.19.0", None)),
        (["3-jdk21", "3.9-jdk21", "3.9.16-r0-jdk21-debian13"], None, ("3.9.16", "jdk21")),
        (["8", "8u502", "8u502.b07"], None, ("8u502.b07", None)),
        (["3.32", "v3.32.1", "3.32.1"], None, ("3.32.1", None)),
        (["trixie"], None, ("trixie", None)),
        (["2026-05-11"], None, ("2026-05-11", None)),
        (["4-node22.23", "4.1-node22.23"], "node22.23", ("4.1", None)),
        (["pg16", "0.8-pg16", "0.8.5-pg16"], None, ("0.8.5", "pg16")),
        (["3", "3.2.2", "3-python3.12", "3.2.2-python3.12"], None, ("3.2.2", None)),
        (["10-sdk", "10.0-sdk-debian13"], None, ("10.0", "sdk")),
        (["latest", "0.4"], None, ("0.4", None)),
    ],
)
def test_version_and_edition_are_those_of_the_fullest_tags(tmp_path, tags, flavor, expected):
    lines = "".join(f'  - "{tag}"\n' for tag in tags)
    text = DEBIAN.replace('  - "1"\n  - "1.2"\n  - 1.2.3\n  - 1-debian13\n', lines)
    if flavor:
        text = text.replace("variant: runtime", f"variant: runtime\nflavor: {flavor}")
    one = build_one(tmp_path, text)
    assert (one.version, one.edition) == expected


def test_dev_is_told_by_tag_edition_and_variant(tmp_path):
    assert build_one(tmp_path / "a", DEBIAN.replace("1-debian13", "1-debian13-dev")).variant == "dev"
    assert build_one(tmp_path / "b", DEBIAN.replace("variant: runtime", "variant: dev")).variant == "dev"
    sdk = DEBIAN.replace('  - "1"\n  - "1.2"\n  - 1.2.3\n  - 1-debian13\n', "  - 10-sdk\n  - 10.0-sdk\n")
    assert build_one(tmp_path / "c", sdk).variant == "dev"


def test_a_date_of_the_same_version_elsewhere_stands_in_for_a_missing_one(tmp_path):
    alpine = ALPINE.replace('release: "2025-05-06"', 'end-of-life: "2027-01-31"')
    one = build_one(tmp_path, DEBIAN, others={"demo/alpine-3.24/1.yaml": alpine})
    assert (one.end_of_life, one.end_of_life_cause) == ("2027-01-31", "image")


def test_half_a_checkout_is_refused(tmp_path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(CatalogBuildError) as caught:
        build_catalog(str(tmp_path / "empty"))
    assert [problem.path for problem in caught.value.problems] == ["image/", "package/"]
    with pytest.raises(CatalogBuildError, match="is not a directory"):
        build_catalog(str(tmp_path / "nowhere"))
    assert problems_of(tmp_path, previous=2) == [
        "image/: only 1 definitions where the previous data has 2: this looks like half a checkout"
    ]


def test_a_few_definitions_less_are_no_half_checkout(tmp_path):
    many = {f"demo{n}/debian-13/1.yaml": DEBIAN.replace("dhi.io/demo", f"dhi.io/demo{n}") for n in range(19)}
    assert build_catalog(make_checkout(tmp_path, many), previous_definitions=20).definitions == 19


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ('  - "1.2"\n', '  - "-bad"\n', ":7: '-bad' is not a tag"),
        ('  - "1.2"\n', '  - "1"\n', ":7: tag 1 of demo is given twice, also in image/demo/debian-13/1.yaml"),
        ('  - "1.2"\n', "  - 1.2\n", ":7: tags.1: Input should be a valid string"),
        ("run-as: nonroot", "run-as: bob", ":23: runs as a user that is not in its accounts: bob"),
        ("2025-05-06", "2025-02-30", ":13: '2025-02-30' is not a date"),
        ('version-id: "13"', 'version-id: "12"', ":36: os-release debian 12 does not match the directory debian-13"),
        ("image: dhi.io/demo", "image: dhi.io/other", ":3: image dhi.io/other does not match its directory demo"),
        ("linux/amd64", "amd64", ":11: 'amd64' is not a platform"),
        ("uid: 65532", "uid: high", ":26: accounts.users.0.uid: Input should be a valid integer"),
        ("accounts:\n", "ports: [80/tcp, 70000/tcp]\naccounts:\n", ":22: '70000/tcp' is not a port"),
        ("  - linux/amd64\n", "  - linux/amd64\n bad:\n", ":12: not YAML: "),
        ("variant: runtime", "variant: [", ":6: not YAML: "),
    ],
)
def test_what_is_wrong_is_told_with_file_and_line(tmp_path, before, after, expected):
    assert before in DEBIAN
    found = problems_of(tmp_path, {"demo/debian-13/1.yaml": DEBIAN.replace(before, after)})
    assert len(found) == 1
    assert found[0].startswith("image/demo/debian-13/1.yaml" + expected)


def test_all_problems_are_told_at_once(tmp_path):
    definitions = {
        "demo/debian-13/1.yaml": DEBIAN.replace("run-as: nonroot", "run-as: bob"),
        "other/debian-13/1.yaml": "image: [",
        "third/alpine-3.24/1.yaml": ALPINE,
    }
    found = problems_of(tmp_path, definitions)
    assert [line.split(":")[0] for line in found] == [
        "image/demo/debian-13/1.yaml",
        "image/other/debian-13/1.yaml",
        "image/third/alpine-3.24/1.yaml",
    ]


def test_other_yaml_beside_the_definitions_is_passed_over(tmp_path):
    checkout = make_checkout(tmp_path, {"demo/debian-13/1.yaml": DEBIAN, "demo/config/app.yaml": "nothing: [here]"})
    assert build_catalog(checkout).definitions == 1


def test_a_symbolic_link_in_a_checkout_is_refused(tmp_path):
    checkout = make_checkout(tmp_path)
    secret = tmp_path / "secret.yaml"
    secret.write_text(DEBIAN)
    os.symlink(secret, os.path.join(checkout, "image", "demo", "debian-13", "2.yaml"))
    with pytest.raises(CatalogBuildError, match=r"2\.yaml: is a symbolic link"):
        build_catalog(checkout)


def test_the_same_checkout_gives_the_same_bytes(tmp_path):
    checkout = make_checkout(tmp_path, {"demo/debian-13/1.yaml": DEBIAN, "demo/alpine-3.24/1.yaml": ALPINE})
    texts = []
    for folder in ("a", "b"):
        output = str(tmp_path / folder)
        assert write_catalog(build_catalog(checkout).images, "0" * 40, "2026-08-22", output) == [
            "images/demo.json",
            "index.json",
        ]
        with open(os.path.join(output, "images", "demo.json"), "rb") as stream:
            texts.append(stream.read())
        assert sorted(os.listdir(output)) == ["images", "index.json"]
    assert texts[0] == texts[1]


def test_a_new_tag_changes_one_line_of_the_data(tmp_path):
    others = {"demo/alpine-3.24/1.yaml": ALPINE}
    before = make_checkout(tmp_path / "a", {"demo/debian-13/1.yaml": DEBIAN, **others})
    after = make_checkout(tmp_path / "b", {"demo/debian-13/1.yaml": DEBIAN.replace("1-debian13", "1-debian"), **others})
    old, new = (encode_image(build_catalog(one).images[0]).splitlines() for one in (before, after))
    assert len(old) == len(new)
    assert [line.strip() for line in new if line not in old] == ['"tags": ["1", "1.2", "1.2.3", "1-debian"],']


def test_old_data_stays_where_writing_fails(tmp_path, monkeypatch):
    images = build_catalog(make_checkout(tmp_path)).images
    output = str(tmp_path / "data")
    write_catalog(images, "0" * 40, "2026-08-22", output)
    before = {name: (tmp_path / "data" / name).read_bytes() for name in ("images/demo.json", "index.json")}

    def refuse(*_args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("dhi_migrate.catalog.build.write.encode_image", refuse)
    with pytest.raises(OSError, match="No space left"):
        write_catalog(images, "1" * 40, "2026-09-01", output)
    assert {name: (tmp_path / "data" / name).read_bytes() for name in before} == before
    assert sorted(os.listdir(output)) == ["images", "index.json"]


def test_images_that_are_gone_lose_their_file_and_other_files_stay(tmp_path):
    output = tmp_path / "data"
    other = DEBIAN.replace("dhi.io/demo", "dhi.io/other")
    both = make_checkout(tmp_path / "a", {"demo/debian-13/1.yaml": DEBIAN, "other/debian-13/1.yaml": other})
    write_catalog(build_catalog(both).images, "0" * 40, "2026-08-22", str(output))
    (output / "upstream-map.csv").write_text("kept")
    write_catalog(build_catalog(make_checkout(tmp_path / "b")).images, "0" * 40, "2026-08-22", str(output))
    assert sorted(os.listdir(output / "images")) == ["demo.json"]
    assert (output / "upstream-map.csv").read_text() == "kept"


def test_the_title_is_the_products_name(tmp_path):
    checkout = make_checkout(tmp_path)
    info = os.path.join(checkout, "image", "demo", "info.yaml")
    with open(info, "w", encoding="utf-8") as stream:
        stream.write(INFO.replace("Demo", "A Demo"))
    assert build_catalog(checkout).images[0].title == "A Demo"
