#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Layout rules that a compiler cannot see. Runs as a test; prints file:line: rule for each breach.

usage: tidy.py SOURCE_FOLDER [--self-test]
"""
import os
import re
import sys

LIMITS = {".cpp": 600, ".h": 250, ".qml": 300}
LINE_MAX = 100
FUNCTION_MAX = 70
CODE = (".cpp", ".h", ".qml", ".cmake", ".py", ".js")
SKIP_FOLDERS = {"build", ".git", ".cache", "corpus"}

# Who may name what: the only places that touch the real clock, chance, threads, environment.
ADAPTERS = {
    "QDateTime::current": ("core/base/loop_clock", "core/node/"),
    "QTimer": ("core/base/loop_clock", "core/node/", "core/control/client"),
    "QRandomGenerator": ("core/base/system_rng",),
    "std::random_device": (),
    "QThread": ("core/base/pool_executor", "core/base/loop_clock", "core/node/", "core/net/tls"),
    "QSettings": (),
    "getenv": ("core/node/", "core/control/"),
    "qEnvironmentVariable": ("core/node/", "core/control/"),
}
BANNED_WORDS = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")
STATIC_MUTABLE = re.compile(r"^\s*static\s+(?!const\b|constexpr\b|inline\b|_)[A-Za-z_:<>*& ]+\s+\w+\s*(=|;|\{)")
MACHINE_PATHS = re.compile(r"/(?:wor[k]|roo[t])/[a-z]")
RAW_NEW = re.compile(r"(?<![\w.])(?:new\s+[A-Za-z_:]+\s*[({\[<;]|delete\s+[A-Za-z_]|delete\[\])")


def sources(root):
    for folder, folders, names in os.walk(root):
        folders[:] = [f for f in folders if f not in SKIP_FOLDERS and not f.startswith("build")]
        for name in sorted(names):
            if name.endswith(CODE) or name == "CMakeLists.txt":
                yield os.path.relpath(os.path.join(folder, name), root)


def strip_comments(text):
    """Blanks comments, strings and raw strings, keeping line numbers."""
    def blank(match):
        return re.sub(r"[^\n]", " ", match.group(0))
    pattern = r'R"(\w*)\((?:.|\n)*?\)\1"|//[^\n]*|/\*(?:.|\n)*?\*/|"(?:\\.|[^"\\\n])*"'
    return re.sub(pattern, blank, text)


def long_functions(code):
    """(line, length) of bodies that open at column 0: free functions and members, as formatted."""
    lines = code.split("\n")
    start = None
    for number, line in enumerate(lines, 1):
        if line == "{":
            start = number
        elif line.startswith("}") and start is not None:
            if number - start - 1 > FUNCTION_MAX:
                yield start, number - start - 1
            start = None


def check_file(path, text, report):
    extension = os.path.splitext(path)[1]
    lines = text.split("\n")
    in_core = path.startswith("core/") and not path.startswith("core/sim/")
    # A list that only makes sense in one place may be long; the file says why on its own line.
    excused = any(line.startswith("// tidy: long, ") for line in lines)
    if extension in LIMITS and len(lines) - 1 > LIMITS[extension] and not excused:
        report(path, 1, f"{len(lines) - 1} lines, at most {LIMITS[extension]}")
    if "SPDX-License-Identifier: GPL-3.0-or-later" not in "\n".join(lines[:3]):
        report(path, 1, "no SPDX line on top")
    for number, line in enumerate(lines, 1):
        if extension in (".cpp", ".h") and len(line) > LINE_MAX:
            report(path, number, f"{len(line)} characters, at most {LINE_MAX}")
        if path != "tests/tidy/tidy.py" and BANNED_WORDS.search(line):
            report(path, number, "unfinished-work marker")
        if MACHINE_PATHS.search(line):
            report(path, number, "a path of one machine")
        if line.rstrip() != line:
            report(path, number, "white space at the end")
    if extension not in (".cpp", ".h"):
        return
    code = strip_comments(text)
    for start, length in long_functions(code):
        report(path, start, f"a function of {length} lines, at most {FUNCTION_MAX}")
    code_lines = code.split("\n")
    for number, line in enumerate(code_lines, 1):
        if in_core:
            for name, allowed in ADAPTERS.items():
                if re.search(r"\b" + re.escape(name), line) and not path.startswith(allowed or ("\0",)):
                    report(path, number, f"{name} outside its adapter")
            if STATIC_MUTABLE.search(line) and "thread_local" not in line and "(" not in line:
                report(path, number, "a static that can change")
            here = code_lines[number - 2] + line if number > 1 else line  # the call may be broken
            owned = re.search(r"unique_ptr<|shared_ptr<|postEvent\(|\.reset\(|\(this\)|this\)|= delete", here)
            if RAW_NEW.search(line) and not owned:
                report(path, number, "new or delete without a parent")


def check_tree(root, report):
    texts = {}
    for path in sources(root):
        with open(os.path.join(root, path), encoding="utf-8") as file:
            texts[path] = file.read()
        check_file(path, texts[path], report)
    cmake = "\n".join(t for p, t in texts.items() if p.endswith(("CMakeLists.txt", ".cmake")))
    includes = set()
    for path, text in texts.items():
        includes.update(os.path.basename(name) for name in re.findall(r'#include ["<]([^">]+)[">]', text))
    for path in texts:
        name = os.path.basename(path)
        if path.startswith(("core/", "app/", "ui/", "tests/")) and path.endswith(".cpp"):
            stem = name[:-4]
            known = name in cmake or re.search(r"\b" + re.escape(stem) + r"\b", cmake)
            if not known and re.sub(r"_(bench|fuzz)$", "", stem) not in cmake:
                report(path, 1, "no CMake file names it")
        if path.startswith("core/") and path.endswith(".h") and name not in includes:
            report(path, 1, "a header nobody includes")
    for module in sorted(os.listdir(os.path.join(root, "core"))):
        readme = os.path.join(root, "core", module, "README.md")
        if not os.path.exists(readme):
            report(f"core/{module}", 1, "no README.md")
        elif sum(1 for _ in open(readme, encoding="utf-8")) > 40:
            report(f"core/{module}/README.md", 1, "more than 40 lines")


def self_test():
    """Each rule has a text that breaks it, or the rule is asleep."""
    top = "// SPDX-License-Identifier: GPL-3.0-or-later\n"
    body = "void f()\n{\n" + "    g();\n" * (FUNCTION_MAX + 1) + "}\n"
    cases = {
        "unfinished": top + "// " + "TO" + "DO later\n", "characters": top + "int " + "a" * 101 + ";\n",
        "SPDX": "int a;\n", "function of": top + body, "outside its adapter": top + "QTimer t;\n",
        "white space": top + "int a; \n", "new or delete": top + "auto a = new Foo();\n",
        "can change": top + "static int count = 0;\n", "lines, at most": top + "\n" * 601,
    }
    for rule, text in cases.items():
        found = []
        check_file("core/tree/x.cpp", text, lambda p, n, what: found.append(what))
        if not any(rule in what for what in found):
            sys.exit(f"self-test: nothing reported '{rule}'")
    found = []
    check_file("core/tree/x.cpp", top + "int a; // QTimer in a comment\n", lambda *r: found.append(r))
    if found:
        sys.exit(f"self-test: a clean file was reported: {found}")


def main():
    self_test()
    breaches = []
    check_tree(sys.argv[1], lambda path, line, what: breaches.append(f"{path}:{line}: {what}"))
    print("\n".join(breaches) or "the layout rules hold")
    sys.exit(1 if breaches else 0)


main()
