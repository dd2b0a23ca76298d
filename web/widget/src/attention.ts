// A tone and a count in the page's title, neither before the visitor has acted on this page.

const COUNT = /^\(\d+\) /;

export interface Attention {
  /** Called in the visitor's own click or key: browsers allow sound only from then on. */
  readonly arm: () => void;
  readonly ring: () => void;
  /** Puts the count before the page's title, or takes it away with 0. */
  readonly setCount: (count: number) => void;
}

/** Stays silent until armed. */
export function createAttention(): Attention {
  let audio: AudioContext | undefined;
  let isArmed = false;

  return {
    arm() {
      isArmed = true;
      try {
        audio ??= new AudioContext();
        void audio.resume();
      } catch {
        // Without sound there is still the count.
      }
    },
    ring() {
      if (audio?.state !== "running") return;
      const now = audio.currentTime;
      const tone = audio.createOscillator();
      const volume = audio.createGain();
      tone.frequency.setValueAtTime(660, now);
      tone.frequency.setValueAtTime(880, now + 0.09);
      volume.gain.setValueAtTime(0, now);
      volume.gain.linearRampToValueAtTime(0.12, now + 0.02);
      volume.gain.exponentialRampToValueAtTime(0.001, now + 0.35);
      tone.connect(volume).connect(audio.destination);
      tone.start(now);
      tone.stop(now + 0.36);
    },
    setCount(count) {
      if (!isArmed) return;
      const bare = document.title.replace(COUNT, "");
      const title = count > 0 ? `(${count}) ${bare}` : bare;
      if (document.title !== title) document.title = title;
    },
  };
}
