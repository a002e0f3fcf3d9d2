"""How an operation is asked for, in three languages of code: to be copied, with a token put in."""

import json
import pprint
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Asked:
    """What is sent: `body` is an example of it; with `takes_key` it may be sent again under the same key."""

    method: str
    url: str
    body: Any = None
    sends_file: bool = False
    takes_key: bool = False
    gives_body: bool = True


def on_command_line(asked: Asked) -> str:
    lines = [f"curl -X {asked.method} {asked.url}", '-H "Authorization: Bearer $TOKEN"']
    if asked.takes_key:
        lines.append('-H "Idempotency-Key: $(uuidgen)"')
    if asked.sends_file:
        lines.append("--data-binary @file")
    elif asked.body is not None:
        # A quote within what is quoted ends it, stands by itself, and begins it anew.
        said = json.dumps(asked.body, ensure_ascii=False, indent=2).replace("'", "'\\''")
        lines += ['-H "Content-Type: application/json"', f"-d '{said}'"]
    return " \\\n  ".join(lines)


def in_python(asked: Asked) -> str:
    headers = '{"Authorization": f"Bearer {TOKEN}"' + (', "Idempotency-Key": str(uuid4())}' if asked.takes_key else "}")
    lines = ["from uuid import uuid4\n"] if asked.takes_key else []
    lines += ["import requests\n", "answer = requests.request(", f'    "{asked.method}", "{asked.url}",']
    lines.append(f"    headers={headers},")
    if asked.sends_file:
        lines.append('    data=open("file", "rb"),')
    elif asked.body is not None:
        said = pprint.pformat(asked.body, indent=1, width=72, sort_dicts=False).replace("\n", "\n    ")
        lines.append(f"    json={said},")
    lines += ["    timeout=30,", ")", "answer.raise_for_status()"]
    return "\n".join([*lines, "print(answer.json())"] if asked.gives_body else lines)


def in_javascript(asked: Asked) -> str:
    headers = ["Authorization: `Bearer ${TOKEN}`"]
    if asked.takes_key:
        headers.append('"Idempotency-Key": crypto.randomUUID()')
    if asked.body is not None and not asked.sends_file:
        headers.append('"Content-Type": "application/json"')
    lines = [f'const answer = await fetch("{asked.url}", {{', f'  method: "{asked.method}",']
    lines.append(f"  headers: {{ {', '.join(headers)} }},")
    if asked.sends_file:
        lines.append("  body: file,")
    elif asked.body is not None:
        said = json.dumps(asked.body, ensure_ascii=False, indent=2).replace("\n", "\n  ")
        lines.append(f"  body: JSON.stringify({said}),")
    lines += ["});", "if (!answer.ok) throw new Error((await answer.json()).detail);"]
    return "\n".join([*lines, "console.log(await answer.json());"] if asked.gives_body else lines)
