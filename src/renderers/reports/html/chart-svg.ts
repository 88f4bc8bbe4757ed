import type { EChartsOption } from 'echarts';
import { chartShape } from '../page/chart-shape';
import type { ReportChart } from '../page/report-page';
import { chartColors } from './page-style';

const WIDTH = 360;
const HEIGHT = 190;
const FONT_SIZE = 11;
/**
 * Returns a chart as SVG of a fixed shape that scales with its column. Its colours are replaced by the page's style
 * for the dark scheme. Equal charts are equal texts: the names that echarts counts up over a process are removed.
 */
export async function chartSvg(chart: ReportChart): Promise<string> {
  // Loaded here, because echarts takes half a second and 40 MB that a worker without reports should not spend.
  const { init } = await import('echarts');
  const drawing = init(null, null, { renderer: 'svg', ssr: true, width: WIDTH, height: HEIGHT });
  try {
    drawing.setOption(optionOf(chart));
    return drawing
      .renderToSVGString({ useViewBox: true })
      .replaceAll(/<style[^>]*>.*?<\/style>/gs, '')
      .replaceAll(/ class="zr[^"]*"/g, '')
      .replace('<svg width="360" height="190"', '<svg aria-hidden="true"');
  } finally {
    drawing.dispose();
  }
}

function optionOf(chart: ReportChart): EChartsOption {
  const { isLine, values, labels, axisText, isWhole } = chartShape(chart);
  const label = { color: chartColors.label, fontSize: FONT_SIZE, fontFamily: 'inherit' };
  const itemStyle = { color: chartColors.mark };
  return {
    animation: false,
    grid: { left: 4, right: 12, top: 12, bottom: 2, containLabel: true },
    xAxis: {
      type: 'category',
      data: [...labels],
      axisTick: { show: false },
      axisLine: { lineStyle: { color: chartColors.axis } },
      axisLabel: { ...label, hideOverlap: true },
    },
    yAxis: {
      type: 'value',
      splitNumber: 3,
      splitLine: { lineStyle: { color: chartColors.grid } },
      axisLabel: { ...label, formatter: axisText },
      ...(isWhole ? { minInterval: 1 } : {}),
    },
    series: isLine
      ? {
          type: 'line',
          data: [...values],
          clip: false,
          showSymbol: values.length === 1,
          lineStyle: { color: chartColors.mark, width: 2 },
          itemStyle,
        }
      : { type: 'bar', data: [...values], clip: false, barCategoryGap: '25%', barMaxWidth: 24, itemStyle },
  };
}
