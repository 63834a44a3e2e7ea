"""The style sheet of the page of `html_report`."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final


STYLE: Final = """\
:root { color-scheme: light dark; --error: #c62828; --warning: #b26a00; --info: #1565c0; --faint: #7777; }
@media (prefers-color-scheme: dark) { :root { --error: #ff8a80; --warning: #ffb74d; --info: #82b1ff; } }
body { display: flex; flex-direction: column; margin: 0 auto; max-width: 75rem; padding: 1rem;
  font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
header { order: 0; }
.totals { order: 1; border: 1px solid var(--faint); border-radius: .4rem; padding: 0 1rem; }
nav { order: 2; position: sticky; top: 0; padding: .6rem 0; background: Canvas; }
main { order: 3; }
.rules { order: 4; border-top: 1px solid var(--faint); margin-top: 2rem; }
nav label { margin-right: 1rem; white-space: nowrap; }
.file { content-visibility: auto; contain-intrinsic-size: auto 2rem; border-bottom: 1px solid var(--faint);
  padding: .3rem 0; display: none; }
.path, pre, .at { font-family: ui-monospace, monospace; }
.path { font-weight: bold; }
summary { cursor: pointer; }
.count { border: 1px solid currentColor; border-radius: .6rem; padding: 0 .5rem; font-size: .85rem; white-space: nowrap; }
.count.error, article.error b, .failed { color: var(--error); }
.count.warning, article.warning b { color: var(--warning); }
.count.info, article.info b { color: var(--info); }
article { margin: .8rem 0 .8rem 1.2rem; padding-left: .8rem; border-left: .2rem solid var(--faint); display: none; }
article.error { border-color: var(--error); }
article.warning { border-color: var(--warning); }
article.info { border-color: var(--info); }
article p { margin: 0; }
pre { margin: .3rem 0; overflow-x: auto; }
.number, .at { color: GrayText; }
mark { background: #ffd54f88; color: inherit; }
ul { margin: .2rem 0; }
table { border-collapse: collapse; margin: .5rem 0 .5rem 1.2rem; font-size: .9rem; }
th, td { text-align: left; padding: .1rem .8rem .1rem 0; vertical-align: top; }
h3 { margin-bottom: 0; }
h3:target { background: #ffd54f88; }
.failed,
body:has(#show-error:checked) .has-error,
body:has(#show-warning:checked) .has-warning,
body:has(#show-info:checked) .has-info,
body:has(#show-clean:checked) .clean,
body:has(#show-error:checked) article.error,
body:has(#show-warning:checked) article.warning,
body:has(#show-info:checked) article.info { display: block; }
@supports not selector(:has(*)) { .file, article { display: block; } nav { display: none; } }
@media print { .file, article { display: block; } nav { display: none; } }
"""
