import type { WayToBeCalled } from '../phone/view.ts';
import type { Exchange } from './exchange.ts';
import type { World } from './world.ts';

/** What is there at this moment; a reset puts another in its place. */
export type Current = {
  readonly world: World;
  readonly exchange: Exchange;
  readonly waysToBeCalled: readonly WayToBeCalled[];
  readonly reset: () => void;
};
