"""Tekton Tasks: the images of their steps, https://tekton.dev/docs/pipelines/tasks/#defining-steps."""

from __future__ import annotations

from .service import Lines, Service

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from .yaml_tree import Node

MAX_STEPS = 200
"""Most steps of one document that are looked at."""


def tekton_services(kind: str, spec: Node | None) -> Iterator[Service]:
    """The steps and sidecars of a Task, a run of one, or the tasks written out in a pipeline, whose ``spec`` this is."""
    if spec is None or spec.kind != "map":
        return
    if kind in {"Task", "ClusterTask", "StepAction"}:
        tasks = [spec]
    elif kind == "TaskRun":
        inner = spec.get("taskSpec")
        tasks = [inner] if inner is not None else []
    else:
        pipeline = spec.get("pipelineSpec") or spec
        listed = (*pipeline.each("tasks"), *pipeline.each("finally"))
        tasks = [inner for one in listed if one.kind == "map" and (inner := one.get("taskSpec")) is not None]
    if kind == "StepAction":
        yield _step(spec, "step")
        return
    for task in tasks[:MAX_STEPS]:
        if task.kind != "map":
            continue
        for number, node in enumerate((*task.each("steps"), *task.each("sidecars"))[:MAX_STEPS]):
            if node.kind == "map":
                yield _step(node, f"step {node.value('name') or number + 1}")


def _step(node: Node, name: str) -> Service:
    from .kubernetes import container

    script, image = node.get("script"), node.get("image")
    if script is None or script.kind != "scalar":
        return container(node, name, node)
    lines = Lines()
    first = script.text.lstrip().partition("\n")[0]
    # without one, Tekton writes #!/bin/sh in front
    program = first.removeprefix("#!").split() if first.startswith("#!") else ["/bin/sh"]
    if program and program[0].rsplit("/", 1)[-1] == "env":
        program = program[1:]
    shell = bool(program) and program[0].rsplit("/", 1)[-1] in {"sh", "bash", "ash", "dash"}
    if shell:
        lines.commands(script.text, script.span, "script")
    elif program:
        lines.start("ENTRYPOINT", [*program, "/tekton/scripts/script"], script.span, "script")
        lines.add("CMD", "[]", script.span, "script")
    return Service(
        name,
        image if image is not None and image.kind == "scalar" else None,
        tuple(lines.lines),
        role="build" if shell else "final",
        doubts=tuple(lines.doubts),
    )
