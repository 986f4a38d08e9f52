<?php

declare(strict_types=1);

namespace Bücherei;

final class Library
{
    /** @var array<string, Book> */
    private array $books = [];

    /** @var array<string, Loan> */
    private array $loans = [];

    public function add(Book $book): void
    {
        $this->books[$book->isbn] = $book;
    }

    public function lend(string $isbn, string $reader, \DateTimeImmutable $today): Loan
    {
        $book = $this->books[$isbn] ?? throw new \OutOfBoundsException("no book {$isbn}");
        if (isset($this->loans[$isbn])) {
            throw new \DomainException("„{$book->title}“ is lent");
        }
        return $this->loans[$isbn] = new Loan($book, $reader, $today);
    }

    /** Takes a book back and returns the fee in cents. */
    public function takeBack(string $isbn, \DateTimeImmutable $today): int
    {
        $loan = $this->loans[$isbn] ?? throw new \OutOfBoundsException("{$isbn} is not lent");
        unset($this->loans[$isbn]);
        return $loan->fee($today);
    }

    /**
     * Returns the readers that are late, each with the titles that they should have brought.
     *
     * @return array<string, list<string>>
     */
    public function late(\DateTimeImmutable $today): array
    {
        $late = [];
        foreach ($this->loans as $loan) {
            if ($loan->due() < $today) {
                $late[$loan->reader][] = $loan->book->title;
            }
        }
        ksort($late);
        return $late;
    }

    /** @return list<Book> the books whose title or author has the word, by author */
    public function search(string $word): array
    {
        $found = array_filter(
            $this->books,
            fn (Book $book): bool => stripos($book->title, $word) !== false
                || stripos($book->author, $word) !== false,
        );
        usort($found, fn (Book $one, Book $two): int => $one->sortName() <=> $two->sortName());
        return $found;
    }
}
