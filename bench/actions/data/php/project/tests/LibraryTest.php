<?php

declare(strict_types=1);

require_once __DIR__ . '/bootstrap.php';

use Bücherei\Book;
use Bücherei\Catalogue;

const ISBN = '978-3-423-00001-7';
const TEXT = "978-3-423-00001-7; Ansichten eines Clowns ; Heinrich Böll;1963\n\n"
    . "9783518188026;Der Schwarm;Äsop;2004\n";

$today = new DateTimeImmutable('2024-05-01');
$library = Catalogue::read(TEXT);

same(true, Book::isValid(ISBN));
same(false, Book::isValid('978-3-423-00001-8'));
same(false, Book::isValid('12'));
refuses(InvalidArgumentException::class, fn () => new Book('1', 'x', 'y', 1999));
refuses(UnexpectedValueException::class, fn () => Catalogue::read("a;b\n"));

same(
    'Böll, Heinrich: Ansichten eines Clowns (1963)',
    Catalogue::write($library->search('clown')),
);
same(2, count($library->search('s')));

$loan = $library->lend(ISBN, 'Ada', $today);
same('2024-05-29', $loan->due()->format('Y-m-d'));
refuses(DomainException::class, fn () => $library->lend(ISBN, 'Bob', $today));
refuses(OutOfBoundsException::class, fn () => $library->lend('nothing', 'Bob', $today));
same([], $library->late(new DateTimeImmutable('2024-05-29')));
same(
    ['Ada' => ['Ansichten eines Clowns']],
    $library->late(new DateTimeImmutable('2024-05-30')),
);
$loan->extend();
same('2024-06-26', $loan->due()->format('Y-m-d'));
same(40, $library->takeBack(ISBN, new DateTimeImmutable('2024-06-28')));
refuses(OutOfBoundsException::class, fn () => $library->takeBack(ISBN, $today));

$library->lend(ISBN, 'Ada', $today);
same(0, $library->takeBack(ISBN, $today));
$library->lend(ISBN, 'Ada', $today);
same(1000, $library->takeBack(ISBN, new DateTimeImmutable('2025-05-01')));
