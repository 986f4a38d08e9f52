<?php

declare(strict_types=1);

namespace Bücherei;

final class Catalogue
{
    /**
     * Reads lines "ISBN;title;author;year"; empty ones do not count.
     *
     * @throws \UnexpectedValueException that names the line
     */
    public static function read(string $text): Library
    {
        $library = new Library();
        foreach (explode("\n", $text) as $number => $line) {
            if (trim($line) === '') {
                continue;
            }
            $parts = array_map('trim', explode(';', $line));
            if (count($parts) !== 4) {
                throw new \UnexpectedValueException('line ' . ($number + 1) . ': four parts');
            }
            [$isbn, $title, $author, $year] = $parts;
            $library->add(new Book($isbn, $title, $author, (int) $year));
        }
        return $library;
    }

    /** @param list<Book> $books */
    public static function write(array $books): string
    {
        $lines = array_map(
            fn (Book $book): string => "{$book->sortName()}: {$book->title} ({$book->year})",
            $books,
        );
        return implode("\n", $lines);
    }
}
