namespace WaitFor.Migrate.Tests;

/// <summary>The processes of this machine.</summary>
internal static class Processes
{
    /// <summary>The command lines that hold a text; processes that have ended have none.</summary>
    public static IReadOnlyList<string> With(string text) =>
        [
            .. Directory
                .GetDirectories("/proc")
                .Where(folder => char.IsAsciiDigit(Path.GetFileName(folder)[0]))
                .Select(CommandLine)
                .Where(line => line.Contains(text, StringComparison.Ordinal)),
        ];

    private static string CommandLine(string folder)
    {
        try
        {
            return File.ReadAllText(Path.Combine(folder, "cmdline")).Replace('\0', ' ');
        }
        catch (IOException)
        {
            // It has just ended.
            return "";
        }
    }
}
