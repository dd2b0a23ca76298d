// Two short tones, made on the spot: no file is fetched, and nothing sounds before the agent has
// touched the page.
import { prefs } from "../core/prefs";

let context: AudioContext | undefined;

export function listenForGesture(): void {
  const wake = () => {
    context ??= new AudioContext();
    void context.resume();
  };
  addEventListener("pointerdown", wake, { once: true });
  addEventListener("keydown", wake, { once: true });
}

const tones = {
  /** A new conversation: a rising fourth. */
  conversation: [523.25, 698.46],
  /** A new message: one soft note. */
  message: [659.25],
} as const;

const NOTE_S = 0.14;
const LOUDNESS = 0.08;

export function play(kind: keyof typeof tones): void {
  if (!prefs.get().sound || !context || context.state !== "running") return;
  tones[kind].forEach((pitch, index) => {
    playNote(pitch, index * NOTE_S);
  });
}

function playNote(pitch: number, after: number): void {
  if (!context) return;
  const start = context.currentTime + after;
  const tone = new OscillatorNode(context, { type: "sine", frequency: pitch });
  const level = new GainNode(context, { gain: 0 });
  level.gain.linearRampToValueAtTime(LOUDNESS, start + 0.01);
  level.gain.exponentialRampToValueAtTime(0.0001, start + NOTE_S * 1.6);
  tone.connect(level).connect(context.destination);
  tone.start(start);
  tone.stop(start + NOTE_S * 1.6);
}
