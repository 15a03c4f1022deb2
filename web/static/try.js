// Dropping pictures, and seeing them before they are sent.

const drop = document.querySelector("[data-drop]");
const input = document.getElementById("file");
const previews = document.getElementById("previews");
const SIDE = 96;

function isFiles(event) {
  return event.dataTransfer?.types.includes("Files");
}

async function preview(file) {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = SIDE;
  try {
    const picture = await createImageBitmap(file);
    const scale = Math.min(SIDE / picture.width, SIDE / picture.height);
    const [width, height] = [picture.width * scale, picture.height * scale];
    const pen = canvas.getContext("2d");
    pen.imageSmoothingEnabled = scale < 1; // the pixels of a small picture stay pixels
    pen.drawImage(picture, (SIDE - width) / 2, (SIDE - height) / 2, width, height);
  } catch {
    return null; // the server says what is wrong with it
  }
  return canvas;
}

async function showChosen() {
  const pictures = await Promise.all([...input.files].slice(0, 16).map(preview));
  previews.replaceChildren(...pictures.filter(Boolean));
}

drop.addEventListener("dragover", (event) => {
  if (!isFiles(event)) return;
  event.preventDefault();
  drop.classList.add("over");
});
drop.addEventListener("dragleave", () => drop.classList.remove("over"));
drop.addEventListener("drop", (event) => {
  if (!isFiles(event)) return;
  event.preventDefault();
  drop.classList.remove("over");
  input.files = event.dataTransfer.files;
  showChosen();
});
input.addEventListener("change", showChosen);
if (input.files.length) showChosen();

for (const form of document.querySelectorAll("form.card")) {
  form.addEventListener("submit", () => {
    const button = form.querySelector("button");
    button.textContent = "Asking…";
    button.disabled = true;
  });
}
addEventListener("pageshow", (event) => event.persisted && location.reload());
