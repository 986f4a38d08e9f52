using System.Globalization;
using System.Text;

namespace Stock
{
    public static class Report
    {
        private const int Width = 40;

        /// <summary>Returns a line for each item, its name and value, and one for all.</summary>
        public static string Write(Store store)
        {
            var text = new StringBuilder();
            foreach (Item item in store.Items)
            {
                Line(text, item.Count + " " + item.Name, item.Value);
            }
            text.Append('-', Width).Append('\n');
            Line(text, "all", store.Value);
            return text.ToString();
        }

        private static void Line(StringBuilder text, string name, decimal value)
        {
            string written = value.ToString("0.00", CultureInfo.InvariantCulture);
            text.Append(name).Append(written.PadLeft(Width - name.Length)).Append('\n');
        }
    }
}
