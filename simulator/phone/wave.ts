/** Draws a recording as bars, with the part already heard in full colour. Draws a flat line if there is none. */
export function drawWave(canvas: HTMLCanvasElement, loudness: readonly number[], heard: number): void {
  const pen = canvas.getContext('2d');
  if (!pen) return;
  const { width, height } = canvas;
  const bars = loudness.length > 0 ? loudness : new Array<number>(56).fill(0);
  const step = width / bars.length;
  pen.clearRect(0, 0, width, height);
  pen.fillStyle = getComputedStyle(canvas).color;
  for (const [index, loud] of bars.entries()) {
    const tall = Math.max(4, loud * height);
    pen.globalAlpha = (index + 0.5) / bars.length <= heard ? 1 : 0.3;
    pen.beginPath();
    pen.roundRect(index * step + step * 0.2, (height - tall) / 2, step * 0.6, tall, step * 0.3);
    pen.fill();
  }
}
