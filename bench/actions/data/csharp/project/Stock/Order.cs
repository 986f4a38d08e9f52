using System;
using System.Collections.Generic;
using System.Linq;

namespace Stock
{
    public struct OrderLine
    {
        public OrderLine(string number, int count)
        {
            Number = number;
            Count = count;
        }

        public string Number { get; }

        public int Count { get; }
    }

    public sealed class Order
    {
        private readonly List<OrderLine> lines = new List<OrderLine>();

        public IReadOnlyList<OrderLine> Lines => lines;

        /// <summary>Adds so many; lines of the same number become one.</summary>
        public Order With(string number, int count)
        {
            int at = lines.FindIndex(line => line.Number == number);
            if (at < 0)
            {
                lines.Add(new OrderLine(number, count));
            }
            else
            {
                lines[at] = new OrderLine(number, lines[at].Count + count);
            }
            return this;
        }

        /// <summary>Reads "A1 x 3, B2 x 1".</summary>
        /// <exception cref="FormatException">The words name the part.</exception>
        public static Order Parse(string text)
        {
            Order order = new Order();
            foreach (string part in text.Split(','))
            {
                string[] words = part.Trim().Split(new[] { " x " }, StringSplitOptions.None);
                if (words.Length != 2 || !int.TryParse(words[1], out int count))
                {
                    throw new FormatException("'" + part.Trim() + "' is no line of an order");
                }
                order.With(words[0], count);
            }
            return order;
        }

        public override string ToString()
        {
            return string.Join(", ", lines.Select(line => line.Number + " x " + line.Count));
        }
    }
}
