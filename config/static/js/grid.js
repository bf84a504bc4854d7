/* − and + beside the numbers of input[data-stepper]; without this script the numbers are typed. */
(() => {
  const button = (input, by, word) => {
    const made = document.createElement("button");
    made.type = "button";
    made.textContent = by < 0 ? "−" : "+";
    made.setAttribute("aria-label", `${input.dataset.name || ""}${word}`);
    made.addEventListener("click", () => {
      const next = (parseInt(input.value, 10) || 0) + by;
      input.value = Math.min(Number(input.max || 99), Math.max(Number(input.min || 0), next));
      input.dispatchEvent(new Event("change", { bubbles: true }));
    });
    return made;
  };
  document.querySelectorAll("input[data-stepper]").forEach((input) => {
    input.before(button(input, -1, "减一次"));
    input.after(button(input, 1, "加一次"));
    input.addEventListener("focus", () => input.select());
  });
})();
