<?php

declare(strict_types=1);

namespace Bücherei;

final class Loan
{
    private const DAYS = 28;
    private const CENTS_A_DAY = 20;
    private const MOST_CENTS = 1000;

    private int $extended = 0;

    public function __construct(
        public readonly Book $book,
        public readonly string $reader,
        public readonly \DateTimeImmutable $since,
    ) {
    }

    public function due(): \DateTimeImmutable
    {
        $days = self::DAYS * (1 + $this->extended);
        return $this->since->modify("+{$days} days");
    }

    /**
     * Gives the reader another four weeks, twice at most.
     *
     * @throws \DomainException the third time
     */
    public function extend(): void
    {
        if ($this->extended === 2) {
            throw new \DomainException('extended twice already');
        }
        $this->extended++;
    }

    /**
     * The fee in cents for a book that comes back that day, which is bounded.
     */
    public function fee(\DateTimeImmutable $returned): int
    {
        if ($returned <= $this->due()) {
            return 0;
        }
        $late = $this->due()->diff($returned)->days;
        return min($late * self::CENTS_A_DAY, self::MOST_CENTS);
    }
}
