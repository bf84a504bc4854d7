/* What a page can do on top of working without it: counters, previews, a question before a dangerous step,
   one effect for a double click, and a draft that survives a lost connection. */
(() => {
  "use strict";

  const all = (selector, root = document) => [...root.querySelectorAll(selector)];

  function element(tag, attributes = {}, ...children) {
    const made = document.createElement(tag);
    Object.entries(attributes).forEach(([name, value]) => made.setAttribute(name, value));
    made.append(...children);
    return made;
  }

  const clock = () => new Date().toLocaleTimeString("zh-CN", { hour: "2-digit", minute: "2-digit", hour12: false });

  /* --- length of what is typed ---------------------------------------------------------------------------------- */

  const SHORT = 40; // a name or a number needs no counter

  function count(field) {
    const limit = Number(field.dataset.soft) || field.maxLength;
    if (limit < SHORT || "uncounted" in field.dataset || field.form?.method === "get") return;
    const counter = element("p", { class: "counter", "aria-hidden": "true" });
    field.after(counter);
    const show = () => {
      const length = [...field.value].length;
      counter.textContent = `${length} / ${limit} 字`;
      counter.classList.toggle("over", length > limit);
    };
    field.addEventListener("input", show);
    show();
  }

  /* --- photos before they are sent ------------------------------------------------------------------------------ */

  function preview(input) {
    const box = element("div", { class: "previews" });
    input.after(box);
    input.addEventListener("change", () => {
      all("img", box).forEach((image) => URL.revokeObjectURL(image.src));
      box.replaceChildren(
        ...[...input.files]
          .filter((file) => file.type.startsWith("image/"))
          .map((file) => element("img", { src: URL.createObjectURL(file), alt: file.name })),
      );
    });
  }

  /* --- a dangerous step says its consequence first -------------------------------------------------------------- */

  function ask(button) {
    button.addEventListener("click", (event) => {
      if (button.dataset.sure || !window.HTMLDialogElement) return;
      event.preventDefault();
      const yes = element("button", { type: "button", class: "danger" }, button.textContent.trim());
      const no = element("button", { type: "button" }, "再想想");
      const text = element("p", {}, button.dataset.confirm);
      const dialog = element("dialog", { "aria-label": "请确认" }, text, element("div", { class: "buttons" }, no, yes));
      document.body.append(dialog);
      dialog.addEventListener("close", () => dialog.remove());
      no.addEventListener("click", () => dialog.close());
      yes.addEventListener("click", () => {
        dialog.close();
        button.dataset.sure = "1";
        button.click();
        delete button.dataset.sure;
      });
      dialog.showModal();
    });
  }

  /* --- a second click sends nothing ----------------------------------------------------------------------------- */

  function once(form) {
    form.addEventListener("submit", (event) => {
      if (event.defaultPrevented) return;
      if (form.dataset.sent) {
        event.preventDefault();
        return;
      }
      form.dataset.sent = "1";
      setTimeout(() => delete form.dataset.sent, 10000); // the person may have stopped it
    });
    window.addEventListener("pageshow", () => delete form.dataset.sent);
  }

  /* --- drafts ---------------------------------------------------------------------------------------------------
     <form data-autosave="URL">: some seconds after a change the form (without files) is posted there with the header
     X-Autosave: 1. The answer is JSON: {"saved": true, "at": "15:32"}, or 4xx with an optional sentence "error".
     What is not saved yet stays in this tab (sessionStorage) and comes back when the page is opened again. */

  const PAUSE = 3000;
  const RETRY = 15000;
  const DRAFT = "draft:";
  const SENT = "sent:";

  class Draft {
    constructor(form) {
      this.form = form;
      this.key = DRAFT + location.pathname;
      this.line = form.querySelector("[data-saved]") || element("p", { class: "saved", role: "status" });
      if (!this.line.isConnected) (form.querySelector(".form-actions") || form).append(this.line);
      sessionStorage.removeItem(SENT + location.pathname);
      this.restore();
      form.addEventListener("input", () => this.changed());
      form.addEventListener("change", () => this.changed());
      form.addEventListener("submit", (event) => this.submit(event));
      window.addEventListener("online", () => this.unsaved && this.save());
    }

    get data() {
      const data = new FormData(this.form);
      all('input[type="file"]', this.form).forEach((input) => data.delete(input.name));
      return data;
    }

    say(words) {
      this.line.textContent = words;
    }

    keep() {
      const pairs = [...this.data].filter(([name]) => name !== "csrfmiddlewaretoken");
      try {
        sessionStorage.setItem(this.key, JSON.stringify(pairs));
      } catch {
        this.say("本机存不下草稿，请先复制一份。");
      }
    }

    restore() {
      const kept = sessionStorage.getItem(this.key);
      if (!kept) return;
      const values = new Map();
      JSON.parse(kept).forEach(([name, value]) => values.set(name, [...(values.get(name) || []), value]));
      [...this.form.elements].forEach((field) => {
        if (!field.name || field.type === "file" || field.type === "hidden" || !values.has(field.name)) return;
        if (field.type === "checkbox" || field.type === "radio") field.checked = values.get(field.name).includes(field.value);
        else field.value = values.get(field.name)[0];
        field.dispatchEvent(new Event("input", { bubbles: true }));
      });
      this.say("已恢复断网时写的内容");
      this.changed();
    }

    changed() {
      this.unsaved = true;
      this.keep();
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.save(), PAUSE);
    }

    async save() {
      clearTimeout(this.timer);
      this.unsaved = false;
      try {
        const answer = await fetch(this.form.dataset.autosave, {
          method: "POST",
          body: this.data,
          headers: { "X-Autosave": "1" },
        });
        if (answer.redirected) return this.say(this.elsewhere(answer));
        if (answer.status >= 500) return this.later();
        const told = await answer.json();
        if (!answer.ok) return this.say(told.error || "草稿还没有保存，请检查填写的内容。");
        if (!this.unsaved) sessionStorage.removeItem(this.key);
        this.say(`已保存 ${told.at || clock()}`);
      } catch {
        this.later();
      }
    }

    elsewhere(answer) {
      return new URL(answer.url).pathname.startsWith("/login")
        ? "登录已失效，内容保存在本机。重新登录后回到本页，可以接着写。"
        : "这件事现在不能再修改，请刷新页面查看。";
    }

    later() {
      this.unsaved = true;
      this.say("没有连上网络，内容保存在本机，连上后自动保存。");
      this.timer = setTimeout(() => this.save(), RETRY);
    }

    submit(event) {
      if (!navigator.onLine) {
        event.preventDefault();
        this.keep();
        this.say("没有连上网络，内容保存在本机。连上后请再提交一次。");
        return;
      }
      clearTimeout(this.timer);
      this.keep();
      sessionStorage.setItem(SENT + location.pathname, "1");
    }
  }

  /* A form that was sent and led to another page has arrived: its copy may go. */
  function forgetSent() {
    Object.keys(sessionStorage)
      .filter((name) => name.startsWith(SENT) && name !== SENT + location.pathname)
      .forEach((name) => {
        sessionStorage.removeItem(name);
        sessionStorage.removeItem(DRAFT + name.slice(SENT.length));
      });
  }

  /* --- a long step bar opens at the step in hand ------------------------------------------------------------------ */

  function showNow(step) {
    const bar = step.parentElement;
    const before = step.previousElementSibling || step;
    bar.scrollLeft += before.getBoundingClientRect().left - bar.getBoundingClientRect().left;
  }

  /* --- the rest ------------------------------------------------------------------------------------------------- */

  function closeMenu(event) {
    all("details.menu[open]").forEach((menu) => {
      if (event.key === "Escape" || (event.type === "click" && !menu.contains(event.target))) {
        menu.open = false;
        if (event.key === "Escape") menu.querySelector("summary").focus();
      }
    });
  }

  function enhance(root) {
    all("textarea, input[maxlength], [data-soft]", root).forEach(count);
    all('input[type="file"][data-preview], input[type="file"][accept^="image/"]', root).forEach(preview);
    all("form[data-autosave]", root).forEach((form) => new Draft(form));
    all("[data-confirm]", root).forEach(ask);
    all("form[data-once]", root).forEach(once);
    all('.steps [aria-current="step"]', root).forEach(showNow);
    all(".summary", root).forEach((summary) => summary.focus());
  }

  /* htmx spares a reload; where it would put another page (the login, say) into this one, go there instead. */
  function leaveForAnotherPage(event) {
    const led = new URL(event.detail.xhr.responseURL || location.href);
    if (led.pathname !== new URL(event.detail.pathInfo.requestPath, location.href).pathname) {
      event.detail.shouldSwap = false;
      location.assign(led);
    }
  }

  forgetSent();
  enhance(document);
  document.addEventListener("htmx:load", (event) => event.target !== document.body && enhance(event.target));
  document.addEventListener("htmx:beforeSwap", leaveForAnotherPage);
  document.addEventListener("keydown", closeMenu);
  document.addEventListener("click", closeMenu);
})();
