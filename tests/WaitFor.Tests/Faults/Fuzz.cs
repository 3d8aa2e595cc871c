using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using Xunit.Abstractions;

namespace WaitFor.Tests.Faults;

/// <summary>Runs many cases of a generator: half of them the same in every run, half of them new ones. The seeds are printed; WAITFOR_SEED
/// runs another one again.</summary>
internal static class Fuzz
{
    private const ulong Fixed = 20261120;
    private const int Batch = 500;

    /// <summary>Runs the cases; the first that fails is reported with its seed.</summary>
    public static void Run<T>(ITestOutputHelper output, int cases, Gen<T> generator, Action<T> check, Func<T, string> show)
    {
        var asked = Environment.GetEnvironmentVariable("WAITFOR_SEED");
        var random = asked is null ? (ulong)Random.Shared.NextInt64() : ulong.Parse(asked, CultureInfo.InvariantCulture);
        foreach (var seed in new[] { Fixed, random })
        {
            output.WriteLine($"seed {seed}: {cases / 2} cases");
            for (var batch = 0; batch < cases / 2 / Batch; batch++)
            {
                foreach (var tried in generator.Sample(Batch, new Rnd(seed + (ulong)batch), 50))
                {
                    try
                    {
                        check(tried);
                    }
                    catch (Exception exception)
                    {
                        throw new InvalidOperationException(
                            $"WAITFOR_SEED={seed}, batch {batch}: {exception.GetType().Name}: {exception.Message}\n{show(tried)}",
                            exception
                        );
                    }
                }
            }
        }
    }
}
