/** The facts that the score counts. */
export interface QualityFacts {
  /** Numbers of different words. */
  titleWords: number;
  descriptionWords: number;
  /** The attributes that the category has, and those of them that have a value. */
  attributesOfCategory: number;
  attributesWithValue: number;
  hasPrice: boolean;
  isShouting: boolean;
}

interface ScorePart {
  most: number;
  counts: string;
  points: (facts: QualityFacts) => number;
}

/** The parts of the quality score, whose points add up to 100 at most. */
export const scoreParts = {
  title: { most: 20, counts: '5 for each different word', points: ({ titleWords }) => 5 * titleWords },
  description: { most: 40, counts: '1 for each different word', points: ({ descriptionWords }) => descriptionWords },
  attributes: {
    most: 20,
    counts: "the share of the category's attributes that have a value, rounded; all where the category has none",
    points: ({ attributesOfCategory: all, attributesWithValue }) =>
      all === 0 ? 20 : Math.round((20 * attributesWithValue) / all),
  },
  price: { most: 10, counts: 'all with a price, which may be 0', points: ({ hasPrice }) => (hasPrice ? 10 : 0) },
  tone: { most: 10, counts: 'all unless a text is `shouting`', points: ({ isShouting }) => (isShouting ? 0 : 10) },
} as const satisfies Record<string, ScorePart>;

/** Returns the quality score, a whole number from 0 to 100. Contact details and banned words do not change it. */
export const qualityScore = (facts: QualityFacts): number =>
  Object.values<ScorePart>(scoreParts).reduce((sum, { most, points }) => sum + Math.min(most, points(facts)), 0);
