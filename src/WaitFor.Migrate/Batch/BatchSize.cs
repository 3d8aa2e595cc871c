namespace WaitFor.Migrate.Batch;

/// <summary>How many rows the next batch has: as many as the target's time allows, judged by the batches before. Pure.</summary>
/// <param name="options">Target, and the limits of the size.</param>
/// <param name="start">The first size; the limits may have changed since it was noted.</param>
internal sealed class BatchSize(BatchOptions options, int start)
{
    /// <summary>The most by which a size changes from one batch to the next.</summary>
    private const double Steepest = 2;

    /// <summary>The part of the way to the ideal size that one batch is trusted with: a slow disk for a moment is no reason.</summary>
    private const double Trust = 0.7;

    /// <summary>Rows of the next batch.</summary>
    public int Current { get; private set; } = Math.Clamp(start, options.Min, options.Max);

    /// <summary>Takes a batch into account.</summary>
    /// <param name="rows">How many rows it walked.</param>
    /// <param name="took">How long it took, from its first statement to the end of its COMMIT.</param>
    public void Took(int rows, TimeSpan took)
    {
        // The last one, say: it says nothing about larger ones.
        if (rows < Current && took < options.Target)
            return;
        var ideal = Math.Clamp(options.Target / (took > TimeSpan.Zero ? took : TimeSpan.FromTicks(1)), 1 / Steepest, Steepest);
        Set(Current * (1 + ((ideal - 1) * Trust)));
    }

    /// <summary>Takes into account that a batch was in the way, or could not be finished.</summary>
    public void Halve() => Set(Current / 2.0);

    private void Set(double size) => Current = Math.Clamp((int)Math.Round(size), options.Min, options.Max);
}
