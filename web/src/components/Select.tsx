// One of a few, shown side by side; and one of many, in the browser's own list.

interface Props<T extends string> {
  label: string;
  value: T;
  options: readonly (readonly [T, string])[];
  onChange: (value: T) => void;
}

export const Segmented = <T extends string>({ label, value, options, onChange }: Props<T>) => (
  <div class="segmented" role="radiogroup" aria-label={label}>
    {options.map(([option, text]) => (
      <label key={option} class={option === value ? "chosen" : ""}>
        <input type="radio" name={label} value={option} checked={option === value} onChange={() => onChange(option)} />
        {text}
      </label>
    ))}
  </div>
);

export const Select = <T extends string>({ label, value, options, onChange }: Props<T>) => (
  <label class="field inline">
    <span>{label}</span>
    <select
      value={value}
      onChange={(event) => {
        const chosen = options.find(([option]) => option === event.currentTarget.value);
        if (chosen) onChange(chosen[0]);
      }}
    >
      {options.map(([option, text]) => (
        <option key={option} value={option}>
          {text}
        </option>
      ))}
    </select>
  </label>
);
