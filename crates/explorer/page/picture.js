// The picture: chosen or dropped, as it is or prepared by the explorer, and never anywhere but on this machine.
const picture = { file: null, base64: "", turn: 0, taking: Promise.resolve() };

function buildPicture() {
  const zone = $("picture-field");
  $("image").addEventListener("change", () => { if ($("image").files[0]) take($("image").files[0]); });
  $("prepare").addEventListener("change", () => { if (picture.file) take(picture.file); });
  $("without").addEventListener("click", () => { drop(); clearRefusal(); $("image").focus(); });
  for (const kind of ["dragenter", "dragover"]) {
    zone.addEventListener(kind, (event) => { event.preventDefault(); zone.classList.add("over"); });
  }
  for (const kind of ["dragleave", "drop"]) zone.addEventListener(kind, () => zone.classList.remove("over"));
  zone.addEventListener("drop", (event) => {
    event.preventDefault();
    const [file] = event.dataTransfer.files;
    if (file) take(file);
  });
  // A file that misses the zone would replace the page.
  for (const kind of ["dragover", "drop"]) document.addEventListener(kind, (event) => event.preventDefault());
}

// Takes the picture out of the request.
function drop() {
  picture.turn += 1;
  picture.taking = Promise.resolve();
  $("image").value = "";
  put(null, "");
  silence($("image-said"));
}

// A step that is pressed meanwhile waits for it: what would be sealed then lacks the picture.
function take(file) {
  const taking = taken(file);
  picture.taking = taking;
  taking.catch((error) => {
    // Told once; a later step is no part of it.
    if (picture.taking === taking) picture.taking = Promise.resolve();
    refuse(error);
  });
}

// Every picture that was chosen is in the request, or refused, once this returns.
async function pictureTaken() {
  let seen;
  do {
    seen = picture.taking;
    await seen;
  } while (seen !== picture.taking);
}

// What is refused leaves no other person's picture in its place.
async function taken(file) {
  clearRefusal();
  put(null, "");
  nameFile($("image"), file.name);
  picture.turn += 1;
  const { turn } = picture;
  const isLast = () => picture.turn === turn;
  const most = Math.floor(catalogue.largest * 0.7);
  if (file.size > most) {
    drop();
    throw inBoth("too-large", Math.ceil(file.size / 1048576), Math.floor(most / 1048576));
  }
  let bytes;
  try {
    bytes = new Uint8Array(await file.arrayBuffer());
  } catch {
    drop();
    throw inBoth("unreadable");
  }
  const name = file.name;
  speak($("image-said"), () => say("working"));
  try {
    if (!$("prepare").checked) {
      const base64 = toBase64(bytes);
      await ask("picture", { ...called(), picture: base64 });
      if (!isLast()) return;
      put(file, base64);
      speak($("image-said"), () => say("picture-as-is", name, bytes.length.toLocaleString(tongue)));
      return;
    }
    const prepared = await ask("prepare", bytes);
    if (!isLast()) return;
    put(file, prepared.base64);
    const { before, after } = prepared;
    const told = [name, before.width, before.height, before.bytes.toLocaleString("en"), after.width, after.height, after.bytes.toLocaleString("en")];
    speak($("image-said"), () => prepared.changed ? say("picture-changed", ...told) : say("picture-same", name));
  } catch (error) {
    if (!isLast()) return;
    drop();
    throw error;
  }
}

// Shows the picture that is in the request from now on.
function put(file, base64) {
  picture.file = file;
  picture.base64 = base64;
  const preview = $("preview");
  if (preview.src) URL.revokeObjectURL(preview.src);
  const type = pictureType(base64);
  const url = type && pictureUrl(base64, type);
  preview.hidden = !url;
  if (url) preview.src = url;
  else preview.removeAttribute("src");
  preview.alt = say("preview");
  $("without").hidden = file === null;
  nameFile($("image"), file && file.name);
  formChanged();
}
