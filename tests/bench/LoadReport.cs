using System.Globalization;
using WaitFor.Testing;

namespace WaitFor.Bench;

/// <summary>Many waiters on one Job, against kubectl.</summary>
internal static class LoadReport
{
    public static async Task MeasureAsync(ControlPlane server, Tools tools, Stage stage, int gates, TextWriter output)
    {
        var (loadAtStart, available) = (Machine.Load, Machine.AvailableMemory);
        // Fills kubectl's discovery cache, which 500 of them would find empty otherwise.
        _ = Child.Run(stage.Kubectl(await stage.CompleteJobAsync()), stage.Plain);
        var fittingGates = await Load.FittingAsync(stage, stage.WaitFor, "-v", gates);
        var fittingKubectls = await Load.FittingAsync(stage, stage.Kubectl, "-v=6", gates);

        var ours = await Load.MeasureAsync(server, stage, stage.WaitFor, "-v", fittingGates.Count);
        var theirs = await Load.MeasureAsync(server, stage, stage.Kubectl, "-v=6", fittingKubectls.Count);

        var table = new Table("wait-for", "kubectl wait", "of kubectl");
        table.Row("processes", Table.Number(ours.Processes), Table.Number(theirs.Processes), "");
        Row("Job completes: first exit after", Table.Ms, figures => figures.First);
        Row("Job completes: last exit after", Table.Ms, figures => figures.Last);
        Row("first exit to last", Table.Ms, Spread);
        table.Row("requests on the Job, all, by the server", Table.Number(ours.OnJobs), Table.Number(theirs.OnJobs), "");
        Row("requests per process", Table.Number, figures => figures.Requests);
        table.Row("processor time of the API server", Seconds(ours.ServerTime), Seconds(theirs.ServerTime), "");
        Row("  per process", Table.Ms, figures => figures.ServerTime.TotalMilliseconds / figures.Processes);
        Row("  of which after the Job completes", Table.Ms, figures => figures.ServerTimeOfEnd.TotalMilliseconds / figures.Processes);
        Row("peak memory (VmHWM), median", Table.Mb, figures => figures.Peak.Median);
        Row("resident memory (RSS), mean", Table.Mb, figures => figures.Resident.Mean);
        Row("its share of that (PSS), mean", Table.Mb, figures => figures.Share.Mean);

        table.Aim("requests per gate <= 2", (double)ours.OnJobs / ours.Processes, 2, value =>
            string.Create(CultureInfo.InvariantCulture, $"{value:0.00}")
        );
        table.Aim("last exit within 1 s of the first", Spread(ours), 1000, Table.Ms);
        table.Aim("memory per process (PSS) <= 1/3 x kubectl wait", ours.Share.Mean / theirs.Share.Mean, 1.0 / 3);
        table.Aim("peak memory per process (VmHWM) <= 1/3 x kubectl wait", ours.Peak.Median / theirs.Peak.Median, 1.0 / 3);

        output.WriteLine("Many waiters on one Job, one server; first wait-for, then kubectl wait.");
        output.WriteLine(
            $"  machine   {Machine.Cores}, Linux {Machine.Kernel}, load {loadAtStart} at the start, {Machine.Load} at the end"
        );
        output.WriteLine($"  server    Kubernetes {server.KubernetesVersion} on the same machine; CA from a file, bearer token");
        output.WriteLine(
            $"  wait-for  {tools.WaitForVersion}: {fittingGates.Count} of {gates}, {Table.Mb(fittingGates.Each)} of its own each"
        );
        output.WriteLine(
            $"  kubectl   {tools.KubectlVersion}{tools.KubectlNote}: {fittingKubectls.Count} of {gates}, {Table.Mb(fittingKubectls.Each)} "
                + "of its own each"
        );
        output.WriteLine(
            $"            (as many as fit in half of the {Table.Mb(available)} that are available); its discovery cache is filled"
        );
        output.WriteLine(
            $"  start     one process every {Table.Number(Load.Pace.TotalMilliseconds)} ms: what is measured shall not be how fast "
                + "processes start."
        );
        output.WriteLine(
            "            The Job is completed, in one PATCH, once the server has all watches open; times count from its answer"
        );
        output.WriteLine("  requests  the server's count is the same as by the log of one process, times the processes");
        output.WriteLine(
            "  server's  processor time: kube-apiserver alone, from the first start to the last exit, without what it takes when idle"
        );
        output.WriteLine();
        table.Print(output);

        void Row(string measure, Func<double, string> unit, Func<Load.Figures, double> figure) =>
            table.Row(measure, unit(figure(ours)), unit(figure(theirs)), Table.Ratio(figure(ours), figure(theirs)));

        static double Spread(Load.Figures figures) => figures.Last - figures.First;

        static string Seconds(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.0} s");
    }
}
