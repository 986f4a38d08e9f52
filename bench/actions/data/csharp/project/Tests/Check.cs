using System;

namespace Stock.Tests
{
    internal static class Check
    {
        public static void Same(object expected, object found)
        {
            if (!Equals(expected, found))
            {
                throw new Exception("expected " + expected + ", found " + found);
            }
        }

        public static T Throws<T>(Action action) where T : Exception
        {
            try
            {
                action();
            }
            catch (T error)
            {
                return error;
            }
            throw new Exception("no " + typeof(T).Name);
        }
    }
}
