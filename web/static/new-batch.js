// A preview is of the form as it was: say so as soon as something in it changes.

const changed = document.getElementById("changed");
document.getElementById("batch").addEventListener("input", () => {
  if (changed) changed.hidden = false;
});
