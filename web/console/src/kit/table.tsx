import { Scroll } from "./scroll";

interface TableProps {
  label: string;
  head: readonly string[];
  rows: readonly (readonly string[])[];
}

/** A table that turns into one block a row where there is no room for columns. */
export function Table({ label, head, rows }: TableProps) {
  return (
    <Scroll class="table-frame" label={label}>
      <table class="table">
        <thead>
          <tr>
            {head.map((name) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.join(" ")}>
              {row.map((cell, at) => (
                <td key={head[at]} data-name={head[at]}>
                  {cell}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}
