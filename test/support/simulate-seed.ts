/** Runs one seed of the simulation of channels, and prints its steps: `node ... simulate-seed.ts 17`; or from 17 to 99. */
import { simulate } from "./simulation.ts";

const [first = "1", last] = process.argv.slice(2);
if (last === undefined) {
  await simulate(Number(first), (line) => console.log(line));
} else {
  let failed = 0;
  for (let seed = Number(first); seed <= Number(last); seed++) {
    try {
      await simulate(seed);
    } catch (error) {
      failed++;
      console.log((error as Error).message);
    }
  }
  console.log(`${failed} seeds failed`);
}
