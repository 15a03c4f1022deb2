// Selecting rows of a list: how many are selected, and what can be done with so many.

const form = document.getElementById("compare");

function say() {
  const n = form.querySelectorAll("input[name=job]:checked").length;
  form.querySelector("[data-selected]").textContent = n ? `${n} selected` : "";
  for (const button of form.querySelectorAll("[data-needs]")) {
    button.disabled = n < Number(button.dataset.needs);
  }
}

if (form) {
  form.addEventListener("change", say);
  say();
}
