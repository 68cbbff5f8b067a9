// The colour theme in the settings.
import { Row, Section } from '../../kit/page-frame';
import { setTheme, type Theme, useTheme } from '../theme';

const themes: [Theme, string][] = [
  ['system', 'System'],
  ['light', 'Light'],
  ['dark', 'Dark'],
];

export function Appearance() {
  const theme = useTheme();
  return (
    <Section title="Appearance">
      <Row label="Theme">
        <div role="radiogroup" aria-label="Theme" className="flex rounded-md bg-press p-0.5">
          {themes.map(([value, name]) => (
            <label
              key={value}
              className="flex h-6 items-center rounded-[5px] px-2.5 text-xs font-[550] text-ink-2 has-checked:bg-surface has-checked:text-ink has-checked:shadow-card has-focus-visible:outline-2 has-focus-visible:outline-accent"
            >
              <input
                type="radio"
                name="theme"
                className="sr-only"
                checked={theme === value}
                onChange={() => setTheme(value)}
              />
              {name}
            </label>
          ))}
        </div>
      </Row>
    </Section>
  );
}
