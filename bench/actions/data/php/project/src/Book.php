<?php

declare(strict_types=1);

namespace Bücherei;

final class Book
{
    public function __construct(
        public readonly string $isbn,
        public readonly string $title,
        public readonly string $author,
        public readonly int $year,
    ) {
        if (!self::isValid($isbn)) {
            throw new \InvalidArgumentException("„{$isbn}“ is no ISBN");
        }
    }

    /**
     * Tells whether the thirteen digits agree with the last of them; hyphens do not count.
     */
    public static function isValid(string $isbn): bool
    {
        $digits = str_replace('-', '', $isbn);
        if (preg_match('/^[0-9]{13}$/', $digits) !== 1) {
            return false;
        }
        $sum = 0;
        foreach (str_split($digits) as $place => $digit) {
            $sum += (int) $digit * ($place % 2 === 0 ? 1 : 3);
        }
        return $sum % 10 === 0;
    }

    /** The author's last word comes first: "Böll, Heinrich". */
    public function sortName(): string
    {
        $words = explode(' ', $this->author);
        $last = array_pop($words);
        return $words === [] ? $last : $last . ', ' . implode(' ', $words);
    }
}
