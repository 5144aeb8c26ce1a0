import { ActiveRule } from './active-rule.ts';
import { checkWeather } from './read-weather.ts';
import type { CallRule, ChangeRule, EventRule, WeatherRule } from './rules.ts';

/** The rules of a local AWS, by what they are about. */
export interface Weather {
  readonly callRules: readonly ActiveRule<CallRule>[];
  readonly changeRules: readonly ActiveRule<ChangeRule>[];
  readonly eventRules: readonly ActiveRule<EventRule>[];
}

/**
 * Puts rules to work.
 *
 * @param seed repeats what chance decides
 * @throws {TypeError} if there is a mistake in a rule
 */
export function newWeather(rules: readonly WeatherRule[], seed: number): Weather {
  const callRules: ActiveRule<CallRule>[] = [];
  const changeRules: ActiveRule<ChangeRule>[] = [];
  const eventRules: ActiveRule<EventRule>[] = [];
  for (const [place, rule] of checkWeather(rules).entries()) {
    switch (rule.fault) {
      case 'late-change':
        changeRules.push(new ActiveRule(rule, seed, place));
        break;
      case 'late-event':
      case 'doubled-event':
        eventRules.push(new ActiveRule(rule, seed, place));
        break;
      default:
        callRules.push(new ActiveRule<CallRule>(rule, seed, place));
    }
  }
  return { callRules, changeRules, eventRules };
}
