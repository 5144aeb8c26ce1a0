import { ActiveRule } from './active-rule.ts';
import type { EventRule } from './event-faults.ts';
import type { WeatherRule } from './rules.ts';

/** The rules of a local AWS, by what they strike. */
export interface Weather {
  readonly eventRules: readonly ActiveRule<EventRule>[];
}

/** @param seed repeats all that chance decides */
export function newWeather(rules: readonly WeatherRule[], seed: number): Weather {
  const eventRules = rules.map((rule, place) => new ActiveRule(rule, seed, place));
  return { eventRules };
}
