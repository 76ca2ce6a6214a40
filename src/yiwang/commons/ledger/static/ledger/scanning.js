// Reads a code from a picture or the camera, all on this device: by the browser's own detector where it has one.
import decodeQR from "../web/vendor/qr/decode.js";

const LARGEST = 1600; // pixels of the longer side: enough for the densest code, soon decoded
const PAUSE = 200;

const drawn = (source, width, height) => {
  const scale = Math.min(1, LARGEST / Math.max(width, height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(width * scale));
  canvas.height = Math.max(1, Math.round(height * scale));
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.drawImage(source, 0, 0, canvas.width, canvas.height);
  return context.getImageData(0, 0, canvas.width, canvas.height);
};

const native = async () => {
  try {
    const formats = await globalThis.BarcodeDetector?.getSupportedFormats();
    return formats?.includes("qr_code") ? new globalThis.BarcodeDetector({ formats: ["qr_code"] }) : null;
  } catch {
    return null;
  }
};

// What the code in the image says; empty where none is found.
const read = async (detector, source, width, height) => {
  const image = drawn(source, width, height);
  try {
    const [found] = detector ? await detector.detect(image) : [];
    if (found) return found.rawValue;
  } catch {
    // a detector that fails leaves the work to the library
  }
  try {
    return decodeQR(image);
  } catch {
    return "";
  }
};

export const readPicture = async (file) => {
  const picture = await createImageBitmap(file);
  try {
    return await read(await native(), picture, picture.width, picture.height);
  } finally {
    picture.close();
  }
};

// Shows the camera in `video` until a code is found or `signal` aborts; resolves to what it says, empty where aborted.
export const readCamera = async (video, signal) => {
  const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
  try {
    video.srcObject = stream;
    await video.play();
    const detector = await native();
    while (!signal.aborted) {
      const said = video.videoWidth ? await read(detector, video, video.videoWidth, video.videoHeight) : "";
      if (said) return said;
      await new Promise((resolve) => { setTimeout(resolve, PAUSE); });
    }
    return "";
  } finally {
    for (const track of stream.getTracks()) track.stop();
    video.srcObject = null;
  }
};
