<?php

declare(strict_types=1);

error_reporting(E_ALL);
set_error_handler(function (int $level, string $message, string $file, int $line): never {
    throw new ErrorException($message, 0, $level, $file, $line);
});

foreach (glob(__DIR__ . '/../src/*.php') as $source) {
    require_once $source;
}

function same(mixed $expected, mixed $found): void
{
    if ($expected !== $found) {
        throw new RuntimeException(
            'expected ' . var_export($expected, true) . ', found ' . var_export($found, true),
        );
    }
}

function refuses(string $class, callable $call): void
{
    try {
        $call();
    } catch (Throwable $error) {
        same($class, $error::class);
        return;
    }
    throw new RuntimeException("no {$class}");
}
