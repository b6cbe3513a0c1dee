/** Whether a field is filled less than it used to be (R30). Pure: figures of one day beside those of the deliveries before it. */

export interface DayFill {
  readonly rows: number
  readonly filled: number
}

/** The deliveries before it: their sums, and how much their shares differ among themselves (standard deviation). */
export interface FillHabit extends DayFill {
  readonly deliveries: number
  readonly spread: number
}

/** Deliveries that make a habit, of which the last so many count. */
export const habitDeliveries = { least: 5, most: 30 } as const

/** A day of fewer rows says nothing of a share. */
const rowsMin = 5
/** A smaller fall changes no work, however certain it is. */
const fallMin = 0.05
/** A fall within so many standard deviations is chance: at 4, one field and day in thirty thousand. */
const deviations = 4

/**
 * True where the day's share lies below the habit by more than chance and custom explain: the sampling error of the day's rows and the
 * spread of the deliveries before.
 */
export const hasFallen = (day: DayFill, habit: FillHabit): boolean => {
  if (habit.deliveries < habitDeliveries.least || day.rows < rowsMin || habit.rows === 0) return false
  const usual = habit.filled / habit.rows
  const fall = usual - day.filled / day.rows
  // One success and one failure more: a field that was never blank is not certain never to be.
  const smoothed = (habit.filled + 1) / (habit.rows + 2)
  const error = Math.sqrt((smoothed * (1 - smoothed)) / day.rows + habit.spread ** 2)
  return fall >= fallMin && fall > deviations * error
}
