"""Which names count as Dockerfiles."""

from __future__ import annotations

import pytest

from dhi_migrate.project.names import is_dockerfile_name

# fmt: off
YES = [
    "Dockerfile", "dockerfile", "DOCKERFILE", "Containerfile", "containerfile", "Dockerfile.dev",
    "Dockerfile-dev", "Dockerfile_alpine", "Dockerfile.x", "Dockerfile.3.11", "Dockerfile.node-22",
    "Dockerfile.Prod", "dockerfile.prod", "dockerfile-web", "prod.dockerfile", "prod.Dockerfile",
    "api-Dockerfile", "api_dockerfile", "Containerfile.x", "web.containerfile", "Dockerfile.go",
    "Dockerfile.py", "Dockerfile.php", "Dockerfile.sh", "Dockerfile.alpine.arm64", ".dockerfile",
    "a.b.Dockerfile", "Dockerfile.template.dockerfile",
]

NO = [
    "Dockerfile.md", "dockerfile.txt", "Dockerfile.rst", "Dockerfile.html", "Dockerfile.orig", "Dockerfile.bak",
    "Dockerfile.swp", ".Dockerfile.swp", "Dockerfile.dockerignore", "Dockerfile.dev.dockerignore",
    "Dockerfile.j2", "Dockerfile.tmpl", "Dockerfile.erb", "Dockerfile.tpl", "Dockerfile~",
    "Dockerfile.template", "Dockerfile.in", "Dockerfile.dev.in", "dockerfile.go", "dockerfile.py",
    "dockerfile_parser.py", "dockerfile-utils.ts", "Dockerfile_test.go", "Dockerfile.json", "Dockerfile.",
    "Dockerfiles", "mydockerfile", "Dockerfile2", "docker-compose.yml", "README.md", ".dockerignore",
    "dockerfile-snippets.md", "Makefile", "Dockerfile.dev.md", "dockerfile.yaml",
    "", "Dockerfile ", "Docker file",
]
# fmt: on


@pytest.mark.parametrize("name", YES)
def test_a_dockerfile_by_its_name(name: str) -> None:
    assert is_dockerfile_name(name)


@pytest.mark.parametrize("name", NO)
def test_not_a_dockerfile_by_its_name(name: str) -> None:
    assert not is_dockerfile_name(name)
