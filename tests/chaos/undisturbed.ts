import { type Digests, digestsOf } from './digest'
import { Product } from './product'
import { folderOf, settle } from './run'
import { type Plan, Sequence } from './sequence'

/** A product that runs the rounds of a plan and is left alone, for comparison. It is started once for several disturbed ones. */
export class Undisturbed {
  readonly folder = folderOf('undisturbed')
  readonly #plan: Plan
  #product: Product | null = null
  #sequence: Sequence | null = null

  constructor(plan: Plan) {
    this.#plan = plan
  }

  /** Rounds that it has made. */
  get rounds(): number {
    return this.#sequence?.rounds ?? 0
  }

  /** The digests of its tables after so many rounds, which must not be fewer than it has made. */
  async after(rounds: number): Promise<Digests> {
    this.#product ??= await Product.start('undisturbed')
    this.#sequence ??= new Sequence(this.#product.api, this.#plan)
    if (this.rounds > rounds) throw new Error(`The undisturbed run has made ${this.rounds} rounds, not ${rounds}`)
    while (this.rounds < rounds) await this.#sequence.round()
    await settle(this.#product)
    return digestsOf(this.#product.databaseUrl(), this.folder)
  }

  async remove(): Promise<void> {
    await this.#product?.remove()
  }
}
