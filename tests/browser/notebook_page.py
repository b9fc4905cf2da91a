"""A notebook open in JupyterLab, driven through the page."""

import json

NOTEBOOK = "window.jupyterapp.shell.currentWidget"


def keep_picture_of_failure(page, request, path):
    """Save what the page showed when the test of `request` failed, and say where."""
    if getattr(request.node, "failed_in_call", False):
        page.screenshot(path=path)
        print(f"\nthe page when the test failed: {path}")


class NotebookPage:
    """Open `path` (inside the server's folder) in `page` and wait for its kernel."""

    def __init__(self, page, lab, path, *, theme="JupyterLab Light"):
        self.page = page
        # A workspace of its own, so that no other test's tabs come back.
        workspace = f"{abs(hash((str(path), theme)))}"
        page.goto(
            f"{lab.address}/lab/workspaces/{workspace}/tree/{path}?reset&token={lab.token}",
            wait_until="domcontentloaded",
        )
        page.wait_for_function(
            f"window.jupyterapp && {NOTEBOOK}?.sessionContext?.session?.kernel?.status === 'idle'"
        )
        # Another test's theme stays in the server's settings, and may be on its way here.
        light = "true" if theme == "JupyterLab Light" else "false"
        page.wait_for_function("document.body.dataset.jpThemeLight !== undefined")
        if page.evaluate("document.body.dataset.jpThemeLight") != light:
            self.command("apputils:change-theme", theme=theme)
            page.wait_for_function(f"document.body.dataset.jpThemeLight === '{light}'")
        if page.evaluate("!window.jupyterapp.shell.leftCollapsed"):
            page.evaluate("window.jupyterapp.shell.collapseLeft()")

    def command(self, name, **arguments):
        """Run a command of JupyterLab and wait until it has ended."""
        self.page.evaluate(
            "async ([name, options]) => void (await jupyterapp.commands.execute(name, options))",
            [name, arguments],
        )

    def run_all(self):
        """Run every cell; returns when the last has ended."""
        self.command("notebook:run-all-cells")
        self.wait_until_idle()

    def wait_until_idle(self):
        self.page.wait_for_function(
            f"""() => {{
              const notebook = {NOTEBOOK};
              const cells = [...notebook.content.model.cells];
              return notebook.sessionContext.session.kernel.status === 'idle'
                && cells.every((cell) => cell.type !== 'code' || cell.executionState !== 'running');
            }}"""
        )

    def problems(self):
        """What went to stderr or ended in an error, one text an output."""
        return self.page.evaluate(
            f"""() => [...{NOTEBOOK}.content.model.cells].flatMap((cell, i) =>
              cell.type !== 'code' ? [] : cell.outputs.toJSON()
                .filter((o) => o.output_type === 'error' || o.name === 'stderr')
                .map((o) => `cell ${{i}}: ${{o.ename ?? ''}} ${{o.evalue ?? o.text}}`))"""
        )

    def never_run(self):
        """Indices of the code cells that have not been run since the notebook was opened."""
        return self.page.evaluate(
            f"""() => [...{NOTEBOOK}.content.model.cells]
              .map((cell, i) => (cell.type === 'code' && !cell.executionCount ? i : -1))
              .filter((i) => i >= 0)"""
        )

    def index(self, *tags):
        """Index of the one cell that carries all these tags."""
        found = self.page.evaluate(
            f"""(tags) => [...{NOTEBOOK}.content.model.cells]
              .map((cell, i) => [i, cell.getMetadata('tags') ?? []])
              .filter(([, own]) => tags.every((tag) => own.includes(tag))).map(([i]) => i)""",
            list(tags),
        )
        assert len(found) == 1, f"cells tagged {tags}: {found}"
        return found[0]

    def cell(self, index):
        """The cell's element, scrolled to and active."""
        self.page.evaluate(
            f"""async (index) => {{
              const notebook = {NOTEBOOK}.content;
              notebook.activeCellIndex = index;
              await notebook.scrollToItem(index);
            }}""",
            index,
        )
        element = self.page.locator(".jp-Notebook .jp-Cell.jp-mod-active")
        element.wait_for()
        return element

    def type_over(self, index, source):
        """Replace the source of a cell by typing, as a learner would."""
        editor = self.cell(index).locator(".cm-content")
        editor.click()
        self.page.keyboard.press("ControlOrMeta+a")
        self.page.keyboard.press("Delete")
        self.page.keyboard.insert_text(source)
        self.page.wait_for_function(
            f"([i, text]) => {NOTEBOOK}.content.model.cells.get(i).sharedModel.source === text",
            arg=[index, source],
        )

    def run_cell(self, index):
        """Run one cell by its key; returns its text outputs once it has ended."""
        count = f"{NOTEBOOK}.content.model.cells.get({index}).executionCount"
        self.cell(index)
        # Wherever the focus was, in a form or an editor, the key is the notebook's now; and a
        # stored number, or one from before a restart, must not be taken for that of this run.
        self.page.evaluate(
            f"""() => {{
              {count} = null;
              {NOTEBOOK}.content.mode = 'command';
              {NOTEBOOK}.content.activate();
            }}"""
        )
        self.page.keyboard.press("Control+Enter")
        self.page.wait_for_function(f"() => {count}")
        self.wait_until_idle()
        return self.cell(index).locator(".jp-Cell-outputArea").inner_text()

    def ask_kernel(self, expression):
        """Value of a Python expression in the notebook's kernel (through JSON)."""
        text = self.page.evaluate(
            f"""async (code) => {{
              const kernel = {NOTEBOOK}.sessionContext.session.kernel;
              const future = kernel.requestExecute({{ code, store_history: false }});
              let text = '';
              future.onIOPub = (message) => {{
                if (message.header.msg_type === 'stream') text += message.content.text;
              }};
              const reply = await future.done;
              if (reply.content.status !== 'ok') throw new Error(reply.content.evalue);
              return text;
            }}""",
            f"import json as _json; print(_json.dumps({expression}))",
        )
        return json.loads(text)
