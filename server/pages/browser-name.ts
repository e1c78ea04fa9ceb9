/**
 * A browser and its system in a few words that need no translation, such as `Firefox · Windows`.
 * @returns null when the header says nothing that people would recognise
 */
export function browserName(userAgent: string): string | null {
  const name = firstMatch(userAgent, browsers);
  const system = firstMatch(userAgent, systems);
  return [name, system].filter((part) => part !== null).join(' · ') || null;
}

// Order matters: nearly every browser also names the ones that it wants to be taken for.
const browsers: readonly [RegExp, string][] = [
  [/\bEdgA?\/|\bEdgiOS\//, 'Edge'],
  [/\bOPR\//, 'Opera'],
  [/\bSamsungBrowser\//, 'Samsung Internet'],
  [/\bFirefox\/|\bFxiOS\//, 'Firefox'],
  [/\bChrome\/|\bCriOS\//, 'Chrome'],
  [/\bSafari\//, 'Safari'],
  [/^curl\//, 'curl'],
];

const systems: readonly [RegExp, string][] = [
  [/\biPhone\b/, 'iPhone'],
  [/\biPad\b/, 'iPad'],
  [/\bAndroid\b/, 'Android'],
  [/\bWindows\b/, 'Windows'],
  [/\bMac OS X\b|\bMacintosh\b/, 'macOS'],
  [/\bCrOS\b/, 'ChromeOS'],
  [/\bLinux\b/, 'Linux'],
];

function firstMatch(text: string, names: readonly [RegExp, string][]): string | null {
  return names.find(([pattern]) => pattern.test(text))?.[1] ?? null;
}

/** What a browser seems to run on, for a picture beside its name. */
export function deviceOf(userAgent: string): 'phone' | 'computer' {
  return /\bMobile\b|\biPhone\b|\bAndroid\b/.test(userAgent) ? 'phone' : 'computer';
}
