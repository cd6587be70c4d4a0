/** Two short tones, made here: no file to load, and nothing that could be taken for a telephone. */

let context: AudioContext | null = null;

export function ring(urgent = false): void {
  try {
    context ??= new AudioContext();
    void context.resume();
    const start = context.currentTime + 0.02;
    const notes = urgent ? [880, 660, 880] : [660, 880];
    for (const [i, pitch] of notes.entries()) tone(context, pitch, start + i * 0.13);
  } catch {
    // No sound on this machine: what is told stands on the screen as well.
  }
}

function tone(out: AudioContext, pitch: number, at: number): void {
  const wave = out.createOscillator();
  const loudness = out.createGain();
  wave.type = "sine";
  wave.frequency.value = pitch;
  loudness.gain.setValueAtTime(0, at);
  loudness.gain.linearRampToValueAtTime(0.12, at + 0.015);
  loudness.gain.exponentialRampToValueAtTime(0.0001, at + 0.22);
  wave.connect(loudness).connect(out.destination);
  wave.start(at);
  wave.stop(at + 0.25);
}
