<?php

namespace Box;

/**
 * Last in, first out.
 */
class Stack
{
    private array $items = [];

    public function push(string $item): void
    {
        $this->items[] = $item;
    }

    public function pop(): ?string
    {
        if (count($this->items) === 0) {
            return null;
        }
        return array_pop($this->items);
    }

    public function joined(string $sign = ', '): string
    {
        $text = '';
        foreach ($this->items as $number => $item) {
            if ($number > 0) {
                $text .= $sign;
            }
            $text .= "[$item]";
        }
        return $text;
    }
}
