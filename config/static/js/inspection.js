/* Every card of an inspection saves itself: what is chosen, typed or photographed is posted to data-finding.
   The answer is JSON: {"saved": true, "at": "15:32", "photos": html}, or 4xx with a sentence in "error".
   Without a net the card keeps what it has and tries again; the form itself still sends everything. */
(() => {
  "use strict";

  const TYPING = 1200;
  const RETRY = 10000;

  class Card {
    constructor(section) {
      this.section = section;
      this.line = section.querySelector("[data-saved]");
      this.input = section.querySelector('input[type="file"]');
      section.addEventListener("change", () => this.soon(0));
      section.addEventListener("input", (event) => event.target.type === "text" && this.soon(TYPING));
      window.addEventListener("online", () => this.waiting && this.soon(0));
    }

    get data() {
      const data = new FormData();
      data.set("csrfmiddlewaretoken", this.section.closest("form").elements.csrfmiddlewaretoken.value);
      this.section.querySelectorAll("input[name]").forEach((field) => {
        if (field.type === "file") [...field.files].forEach((file) => data.append(field.name, file));
        else if (!["checkbox", "radio"].includes(field.type) || field.checked) data.append(field.name, field.value);
      });
      return data;
    }

    say(words, isWrong = false) {
      this.line.textContent = words;
      this.line.classList.toggle("over", isWrong);
    }

    soon(pause) {
      this.waiting = true;
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.save(), pause);
    }

    /* One after the other: a card never has two requests under way. */
    async save() {
      if (this.busy) return;
      this.busy = true;
      this.waiting = false;
      const sent = this.input.files;
      this.say(sent.length ? `正在上传 ${sent.length} 张照片……` : "正在保存……");
      try {
        const answer = await fetch(this.section.dataset.finding, { method: "POST", body: this.data });
        if (answer.redirected) this.say("登录已失效。请另开一页登录，再回来点“先保存”。", true);
        else if (answer.status >= 500) this.later();
        else if (answer.status === 413) this.say("照片太大，请少选几张再试。", true);
        else this.told(answer.ok, await answer.json(), sent);
      } catch {
        this.later();
      }
      this.busy = false;
      if (this.waiting) this.soon(this.pause || 0);
      this.pause = 0;
    }

    told(ok, answer, sent) {
      if (!ok) return this.say(answer.error || "没有保存，请检查这一项。", true);
      this.section.querySelector("[data-photos]").innerHTML = answer.photos;
      if (this.input.files === sent && sent.length) {
        this.input.value = "";
        this.section.querySelector(".previews")?.replaceChildren();
      }
      this.section.querySelector(".errors")?.remove();
      this.say(`已保存 ${answer.at}`);
      this.count();
    }

    count() {
      const number = document.querySelectorAll(".finding .pick :checked").length;
      document.querySelector("[data-answered]").textContent = number;
    }

    later() {
      this.say("没有连上网络，连上后自动保存，请不要关掉这一页。", true);
      this.waiting = true;
      this.pause = RETRY;
    }
  }

  document.querySelectorAll("[data-finding]").forEach((section) => new Card(section));
})();
