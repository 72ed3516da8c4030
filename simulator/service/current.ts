import type { WayToBeCalled } from '../phone/view.ts';
import type { Exchange } from './exchange.ts';
import type { World } from './world.ts';

/** The present state of the simulator. A reset replaces it. */
export type Current = {
  readonly world: World;
  readonly exchange: Exchange;
  readonly waysToBeCalled: readonly WayToBeCalled[];
  readonly reset: () => void;
};
